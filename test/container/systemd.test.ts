/** --systemd-cgroup: the container is a scope of systemd's, with its limits; asked of systemd and of the kernel. */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { PATH, runt } from "../support/command.ts";
import { read, until } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";
import { container, create, shown, skip, unitOf } from "./scopes.ts";

test("without systemd there is an error at once", { skip: skip ? false : "systemd is running" }, async (t) => {
  const subject = container(t);
  const { code, stderr } = await create(subject);
  t.equal(code, 1);
  t.match(stderr, /systemd is not running on this host/);
  t.same(await subject.remains(), []);
});

test("the container is in its scope, in the slice that was asked for", { skip }, async (t) => {
  for (const [slice, parent] of [
    ["", "/system.slice"],
    ["runttest-deep.slice", "/runttest.slice/runttest-deep.slice"],
    ["-.slice", ""],
  ] as const) {
    const subject = container(t, {}, slice);
    const { code, stderr } = await create(subject);
    t.equal(code, 0, stderr);
    const { pid } = await subject.state();
    t.match(read(`/proc/${pid}/cgroup`), `:${parent}/${unitOf(subject)}\n`, slice);
    const { Delegate, ControlGroup, Description, ActiveState } = await shown(
      subject,
      "Delegate",
      "ControlGroup",
      "Description",
      "ActiveState",
    );
    t.same(
      { Delegate, ControlGroup, Description, ActiveState },
      {
        Delegate: "yes",
        ControlGroup: `${parent}/${unitOf(subject)}`,
        Description: `runt container ${subject.id}`,
        ActiveState: "active",
      },
    );
    t.equal((await subject.start()).code, 0);
    t.equal((await subject.delete("--force")).code, 0);
    t.equal((await shown(subject, "LoadState")).LoadState, "not-found", "the unit is gone");
  }
});

test("without a cgroupsPath the scope has the container's name", { skip }, async (t) => {
  const subject = container(t, { linux: { cgroupsPath: undefined } });
  t.equal((await create(subject)).code, 0);
  t.match(read(`/proc/${(await subject.state()).pid}/cgroup`), `/system.slice/${unitOf(subject)}\n`);
});

const ANNOTATED: readonly [name: string, text: string, shows: string, value: string | RegExp][] = [
  ["Description", "'of the annotation'", "Description", "of the annotation"],
  ["SendSIGHUP", "true", "SendSIGHUP", "yes"],
  ["KillSignal", "10", "KillSignal", "10"],
  ["ManagedOOMMemoryPressureLimit", "uint32 2147483648", "ManagedOOMMemoryPressureLimit", /^2147483648|50%$/],
  ["TimeoutStopSec", "uint64 7", "TimeoutStopUSec", "7s"],
  ["RuntimeMaxSec", "600.5", "RuntimeMaxUSec", "10min 500ms"],
  ["RuntimeRandomizedExtraUSec", "uint64 2000000", "RuntimeRandomizedExtraUSec", "2s"],
  ["After", "['basic.target']", "After", /basic\.target/],
  [
    "Documentation",
    "@as ['man:runt(8)', 'https://example.org']",
    "Documentation",
    /man:runt\(8\).* https:\/\/example\.org/,
  ],
  ["StartupAllowedCPUs", "[byte 0x01]", "StartupAllowedCPUs", "0"],
  ["IPAddressDeny", "[(2, [byte 10, 0, 0, 0], uint32 8)]", "IPAddressDeny", "10.0.0.0/8"],
  ["CPUWeight", "uint64 33", "CPUWeight", "33"],
];

test("annotations are properties of the unit", { skip }, async (t) => {
  const subject = container(t, {
    annotations: Object.fromEntries(ANNOTATED.map(([name, text]) => [`org.systemd.property.${name}`, text])),
  });
  const { code, stderr } = await create(subject);
  t.equal(code, 0, stderr);
  const seen = await shown(subject, ...ANNOTATED.map(([, , name]) => name));
  for (const [, text, name, value] of ANNOTATED) t.match(seen[name], value, `${name} of ${text}`);
});

const WRONG: readonly { name: string; change: Config; slice?: string; says: RegExp }[] = [
  { name: "a slice's name", change: {}, slice: "no-slice", says: /"no-slice" is not the name of a slice/ },
  { name: "a path", change: { linux: { cgroupsPath: "/a/path" } }, says: /expected slice:prefix:name/ },
  {
    name: "an annotation",
    change: { annotations: { "org.systemd.property.After": "[" } },
    says: /annotation org\.systemd\.property\.After: .*GVariant/,
  },
  {
    name: "a property that systemd does not know",
    change: { annotations: { "org.systemd.property.NoSuchThing": "true" } },
    says: /NoSuchThing/,
  },
  {
    name: "a limit",
    change: { linux: { resources: { unified: { "no.such": "1" } } } },
    says: /unified\.no\.such can't be set/,
  },
];

for (const { name, change, slice, says } of WRONG) {
  test(`wrong: ${name}: an error, and nothing is left`, { skip }, async (t) => {
    const subject = container(t, change, slice);
    const { code, stderr } = await create(subject);
    t.equal(code, 1);
    t.match(stderr, says);
    t.same(await subject.remains(), []);
    t.equal((await shown(subject, "LoadState")).LoadState, "not-found", "no unit");
  });
}

test("a scope that is in use is refused, and stays", { skip }, async (t) => {
  const first = container(t);
  t.equal((await create(first)).code, 0);
  const second = container(t, { linux: { cgroupsPath: `:runt:${first.id}` } });
  const { code, stderr } = await create(second);
  t.equal(code, 1);
  t.match(stderr, /already exists|already loaded|UnitExists/);
  t.equal((await first.start()).code, 0, "the first container lives");
  t.equal((await first.state()).status, "running");
});

test("a name is free as soon as its container is deleted", { skip }, async (t) => {
  const cgroupsPath = `:runt:${uniqueName()}`;
  for (let turn = 0; turn < 3; turn++) {
    const subject = container(t, { linux: { cgroupsPath } });
    const { code, stderr } = await create(subject);
    t.equal(code, 0, stderr);
    t.equal((await subject.delete("--force")).code, 0);
  }
});

test("of a scope that has ended by itself delete asks no bus", { skip }, async (t) => {
  const subject = container(t, { process: { args: ["true"] } });
  t.equal((await create(subject)).code, 0);
  const { pid } = await subject.state();
  const scope = `/sys/fs/cgroup${read(`/proc/${pid}/cgroup`).trim().replace("0::", "")}`;
  t.ok(existsSync(scope));
  t.equal((await subject.start()).code, 0);
  await until("systemd has removed the scope", () => !existsSync(scope));
  const calls = join(subject.directory, "strace");
  const launcher = ["strace", "-o", calls, "-e", "trace=connect,unlinkat"];
  t.equal((await subject.command("delete", [], { launcher })).code, 0);
  t.match(read(calls), /unlinkat/);
  t.notMatch(read(calls), /connect/);
  const { LoadState } = await shown(subject, "LoadState");
  t.equal(LoadState, "not-found", "no unit is left");
});

test("a systemd that does not answer: an error in time, and nothing is left", { skip }, async (t) => {
  const subject = container(t);
  const path = join(subject.directory, "bus");
  const silent = createServer(() => {}).listen(path);
  t.teardown(() => silent.close());
  await until("it listens", () => existsSync(path));
  const args = ["--systemd-cgroup", "--root", subject.root, "create", "--bundle", subject.bundle, subject.id];
  const env = { PATH, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${path}` };
  const { code, stderr } = await runt(args, { env, timeout: 90_000 });
  t.equal(code, 1);
  t.match(stderr, /create the container's cgroup: ask systemd at unix:path=.*: no answer within 30 s/);
  t.same(await subject.remains(), []);
});

test("no bus: an error that names it", { skip }, async (t) => {
  const subject = container(t);
  const args = ["--systemd-cgroup", "--root", subject.root, "create", "--bundle", subject.bundle, subject.id];
  const { code, stderr } = await runt(args, { env: { PATH, DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/no/such/bus" } });
  t.equal(code, 1);
  t.match(stderr, /\/no\/such\/bus/);
  t.same(await subject.remains(), []);
});
