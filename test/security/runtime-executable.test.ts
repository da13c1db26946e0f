/** The runtime's own file, which a container must never get hold of: not to write to, not even to read its pages. */
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { capable, namespacesBut } from "../support/bundle.ts";
import { RUNT, run } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { read, readLink } from "../support/host.ts";

const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** A copy of the runtime for the attacks to spoil. */
function ownRuntime(subject: Container): string {
  const path = join(subject.directory, "runtime");
  copyFileSync(RUNT, path);
  chmodSync(path, 0o755);
  return path;
}

test("CVE-2019-5736, CVE-2026-31431: what waits in a created container is no file of the host's", async (t) => {
  const subject = container(t);
  await subject.create();
  const { pid } = await subject.state();
  const [runtime, init] = [statSync(RUNT), statSync(`/proc/${pid}/exe`)];
  t.notSame([init.dev, init.ino], [runtime.dev, runtime.ino]);
  t.match(readLink(`/proc/${pid}/exe`), /^\/memfd:/);
  const mapped = read(`/proc/${pid}/maps`)
    .split("\n")
    .map((line) => line.split(/\s+/)[5] ?? "")
    .filter(Boolean);
  t.same(
    mapped.filter((name) => !/^\[|^\/memfd:/.test(name)),
    [],
    "nor is anything else of the host's mapped in it",
  );
});

test("CVE-2019-5736: what waits in a created container cannot be written to, even by a neighbour with rights", async (t) => {
  const subject = container(t);
  await subject.create();
  const { pid } = await subject.state();
  const namespaces = [...namespacesBut("pid"), { type: "pid", path: `/proc/${pid}/ns/pid` }];
  const attacker = container(t, {
    process: {
      args: ["probe", "executable", "/proc/1/exe"],
      capabilities: capable("CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_FOWNER"),
    },
    linux: { namespaces },
  });
  const { stdout, stderr } = await attacker.run();
  t.match(stdout, /^seals write write E(TXTBSY|PERM|ACCES)$/m, stderr);
});

test("CVE-2019-5736: an entry point that is the running program itself spoils nothing", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    for (const [name, interpreter] of [
      ["self", "/proc/self/exe"],
      ["one", "/proc/1/exe"],
    ] as const) {
      writeFileSync(join(it.rootfs, name), `#!${interpreter}\n`, { mode: 0o755 });
    }
    return { root };
  });
  const runtime = ownRuntime(subject);
  const before = hash(runtime);
  for (const args of [["/self"], ["/one"], ["/proc/self/exe"], ["/proc/self/exe", "init"], ["/proc/1/exe", "run"]]) {
    const attempt = container(t, { root: { path: subject.rootfs }, process: { args } });
    const { code, stdout } = await run([
      runtime,
      "--root",
      attempt.root,
      "run",
      "--bundle",
      attempt.bundle,
      attempt.id,
    ]);
    t.not(code, 0, args.join(" "));
    t.equal(stdout, "");
    t.same(await attempt.remains(), []);
  }
  t.equal(hash(runtime), before);
});
