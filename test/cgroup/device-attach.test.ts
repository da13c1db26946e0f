/** Programs for device accesses, in the v2 hierarchy that pure v2 and hybrid hosts have. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import type { DeviceRule } from "../../lib/config/schema.ts";
import { hierarchies, until } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";
import { build, call } from "./subject.ts";

const unified = hierarchies().find(({ version }) => version === 2)?.path;
const skip =
  process.getuid?.() !== 0 ? "needs root" : unified === undefined ? "needs a mounted cgroup v2 hierarchy" : false;
if (skip === false) await build();

/** A cgroup of v2 alone. */
function cgroup(t: Test): string {
  const path = join(unified ?? "", uniqueName());
  mkdirSync(path);
  t.teardown(async () => {
    await until("the cgroup is removed", () => {
      try {
        rmdirSync(path);
        return true;
      } catch {
        return false;
      }
    });
  });
  return path;
}

/** Whether a shell in the cgroup can do it. */
function can(path: string, command: string): boolean {
  return spawnSync("sh", ["-c", `echo 0 > ${path}/cgroup.procs && { ${command}; } 2>/dev/null`]).status === 0;
}

function set(path: string, devices: DeviceRule[]): void {
  call("updateCgroup", { version: 2, paths: { unified: path } }, { devices });
}

const READ_NULL = "exec < /dev/null";
const READ_KMSG = "exec < /dev/kmsg";
const WRITE_KMSG = "exec >> /dev/kmsg";
const DENY_ALL: DeviceRule = { allow: false, access: "rwm" };
const KMSG: DeviceRule = { allow: true, type: "c", major: 1, minor: 11, access: "r" };

test("a program denies and allows, and is replaced by the next one", { skip }, async (t) => {
  const path = cgroup(t);
  t.ok(can(path, READ_KMSG), "without a program everything is allowed");
  set(path, [DENY_ALL]);
  t.ok(can(path, READ_NULL), "a default device");
  t.notOk(can(path, READ_KMSG));
  set(path, [DENY_ALL, KMSG]);
  t.ok(can(path, READ_KMSG), "were the first program still there, it would deny");
  t.notOk(can(path, WRITE_KMSG));
  set(path, [DENY_ALL, { ...KMSG, minor: -1, access: "wr" }]);
  t.ok(can(path, WRITE_KMSG));
  set(path, [
    { allow: true, access: "rwm" },
    { ...KMSG, allow: false, access: "w" },
  ]);
  t.ok(can(path, READ_KMSG));
  t.notOk(can(path, WRITE_KMSG));
  set(path, [{ allow: true, access: "rwm" }]);
  t.ok(can(path, WRITE_KMSG), "no program is left");
});

test("nodes can be made of every device, and not be opened", { skip }, async (t) => {
  const path = cgroup(t);
  set(path, [DENY_ALL]);
  const node = join("/run", uniqueName());
  t.ok(can(path, `mknod ${node} c 1 11`));
  t.notOk(can(path, `exec < ${node}`));
  t.ok(can(path, `rm ${node}`));
  set(path, [DENY_ALL, { allow: false, type: "b", access: "m" }]);
  t.ok(can(path, `mknod ${node} b 1 11 && rm ${node}`), "the default is the last word");
});

test("a large list is one program", { skip }, async (t) => {
  const path = cgroup(t);
  const rules = Array.from({ length: 500 }, (_, minor): DeviceRule => ({ ...KMSG, minor: minor + 1000 }));
  set(path, [DENY_ALL, ...rules]);
  t.notOk(can(path, READ_KMSG));
  set(path, [DENY_ALL, ...rules, KMSG]);
  t.ok(can(path, READ_KMSG));
});
