/** The features document: what it lists works, and what works it lists. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { runt } from "../support/command.ts";
import { container, inside, refused } from "../support/container.ts";
import { readLink, status } from "../support/host.ts";

interface Features {
  readonly hooks: string[];
  readonly mountOptions: string[];
  readonly linux: {
    readonly namespaces: string[];
    readonly capabilities: string[];
    readonly seccomp: {
      actions: string[];
      operators: string[];
      archs: string[];
      knownFlags: string[];
      supportedFlags: string[];
    };
    readonly memoryPolicy: { modes: string[]; flags: string[] };
  };
  readonly potentiallyUnsafeConfigAnnotations: string[];
}

const features: Features = JSON.parse((await runt(["features"])).stdout);
const schema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8"));

/** All lists of words that the schema allows at a property of that name, wherever it stands. */
function words(document: unknown, property: string): string[] {
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => {
    const here = name === property ? [...(value?.enum ?? []), ...(value?.items?.enum ?? [])] : [];
    return [...here, ...words(value, property)];
  });
}

/** config-linux.md's options that a runtime must or should know, and config.md's of bind mounts. */
const REQUIRED =
  "async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec noiversion nolazytime " +
  "norelatime nostrictatime nosuid private ratime rbind rdev rdiratime relatime remount rexec rnoatime rnodev rnodiratime rnoexec " +
  "rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate rrelatime rro rrw rshared rslave rstrictatime rsuid rsymfollow " +
  "runbindable rw shared silent slave strictatime suid symfollow sync tmpcopyup unbindable nosymfollow mand nomand";

test("mount options: all that the specification asks for are listed", async (t) => {
  for (const option of REQUIRED.split(" ")) t.ok(features.mountOptions.includes(option), option);
});

test("mount options: each that is listed is taken by a mount", async (t) => {
  const mounts = features.mountOptions
    .filter((option) => !/idmap/.test(option))
    .map((option, index): Config => {
      const destination = `/mnt/${index}`;
      if (option === "tmpcopyup") return { destination, type: "tmpfs", source: "tmpfs", options: [option] };
      if (option === "remount") return { destination: "/dev/shm", options: [option, "bind", "ro"] };
      return { destination, source: "/usr/share", options: option.endsWith("bind") ? [option] : ["rbind", option] };
    });
  const subject = container(t, (it) => ({ root: it.ownRootfs(), mounts: [...MOUNTS, ...mounts] }));
  const { code, stderr } = await subject.run();
  t.equal(code, 0, stderr);
});

test("mount options: one that is not listed is the file system's", async (t) => {
  const mount = { destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["no-such-option"] };
  t.match(await refused(t, { mounts: [...MOUNTS, mount] }), /no-such-option/);
});

test("namespaces: each kind that is listed is made, and each kind of config.json is listed", async (t) => {
  t.same(
    [...features.linux.namespaces].sort(),
    [...new Set(words(schema("linux"), "type"))].filter((type) => type.length > 1).sort(),
  );
  const mapping = [{ containerID: 0, hostID: 0, size: 65536 }];
  const namespaces = features.linux.namespaces.map((type) => ({ type }));
  const links = "for kind in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$kind; done";
  const linux = { namespaces, uidMappings: mapping, gidMappings: mapping, timeOffsets: { monotonic: { secs: 1 } } };
  const made = (await inside(t, links, { linux })).split("\n");
  t.equal(made.length, features.linux.namespaces.length);
  for (const link of made) t.not(link, readLink(`/proc/self/ns/${link.slice(0, link.indexOf(":"))}`));
});

test("capabilities: each that is listed and is ours to give arrives; all of this kernel's are listed", async (t) => {
  const last = Number(readFileSync("/proc/sys/kernel/cap_last_cap", "utf8"));
  t.ok(features.linux.capabilities.length > last, "none of the kernel's is missing");
  const ours = BigInt(`0x${status(readFileSync("/proc/self/status", "utf8"), "CapBnd")}`);
  const names = features.linux.capabilities.filter((_, number) => (ours >> BigInt(number)) & 1n);
  const capabilities = { bounding: names, effective: names, permitted: names };
  const told = await inside(t, "cat /proc/self/status", { process: { capabilities } });
  t.equal(BigInt(`0x${status(told, "CapBnd")}`), ours);
  t.equal(BigInt(`0x${status(told, "CapEff")}`), ours);
});

const { actions, operators, archs, knownFlags, supportedFlags } = features.linux.seccomp;

test("seccomp: actions, operators and flags are those of config.json", async (t) => {
  const same = (list: string[], property: string, prefix: string) =>
    t.same(
      [...list].sort(),
      [...new Set(words(schema("seccomp"), property))].filter((word) => word.startsWith(prefix)).sort(),
      property,
    );
  same(operators, "op", "SCMP_CMP_");
  same(knownFlags, "flags", "SECCOMP_");
  const schemaActions = (schema("seccomp") as { $defs: { action: { enum: string[] } } }).$defs.action.enum;
  t.same([...actions].sort(), [...schemaActions].sort());
  for (const flag of supportedFlags) t.ok(knownFlags.includes(flag), flag);
});

const runs = async (t: Test, seccomp: Config) => {
  const { code, stderr } = await container(t, { linux: { seccomp } }).run();
  t.equal(code, 0, stderr);
};

test("seccomp: each action but NOTIFY, which has tests of its own, each operator and flag make a filter that is loaded", async (t) => {
  const rules = actions
    .filter((action) => action !== "SCMP_ACT_NOTIFY")
    .map((action, index) => ({
      names: [["getsid", "getpgid", "getpgrp", "sync", "vhangup", "swapoff", "acct", "sethostname"][index]],
      action,
    }));
  await runs(t, { defaultAction: "SCMP_ACT_ALLOW", syscalls: rules });
  const compared = operators.map((op, index) => ({
    names: ["getsid"],
    action: "SCMP_ACT_ERRNO",
    args: [{ index: 0, op, value: 1000 + index, valueTwo: 1000 + index }],
  }));
  await runs(t, { defaultAction: "SCMP_ACT_ALLOW", syscalls: compared });
  const flags = supportedFlags.filter((flag) => !flag.includes("WAIT_KILLABLE"));
  await runs(t, { defaultAction: "SCMP_ACT_ALLOW", flags, syscalls: rules });
});

test("seccomp: each architecture that is listed makes a filter, those of the other byte order alone", async (t) => {
  const all = new Set(words(schema("seccomp"), "architectures"));
  for (const arch of archs) t.ok(all.has(arch), arch);
  const native = process.arch === "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
  t.ok(archs.includes(native));
  const syscalls = [{ names: ["getsid"], action: "SCMP_ACT_ERRNO" }];
  for (const arch of archs) {
    const subject = container(t, {
      linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", architectures: [arch], syscalls } },
    });
    const { code, stderr } = await subject.run();
    // A filter can't be of both byte orders.
    if (code !== 0) t.match(stderr, `add the architecture ${arch}: libseccomp answers EDOM`);
    else t.pass(arch);
  }
});

test("seccomp: an architecture that is not listed is refused by name", async (t) => {
  const missing = [...new Set(words(schema("seccomp"), "architectures"))].filter((arch) => !archs.includes(arch));
  for (const arch of missing) {
    const seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: [arch] };
    t.match(await refused(t, { linux: { seccomp } }), `libseccomp does not know ${arch}`);
  }
});

test("memory policies and hooks are those of config.json", async (t) => {
  t.same(
    [...features.linux.memoryPolicy.modes].sort(),
    [...new Set(words(schema("linux"), "mode"))].filter((mode) => mode.startsWith("MPOL_")).sort(),
  );
  t.same(
    [...features.linux.memoryPolicy.flags].sort(),
    [...new Set(words(schema("linux"), "flags"))].filter((flag) => flag.startsWith("MPOL_")).sort(),
  );
  const hooks = Object.keys(
    (schema("config") as { $defs?: Config; properties: { hooks?: { properties?: Config } } }).properties.hooks
      ?.properties ?? {},
  );
  if (hooks.length > 0) t.same([...features.hooks].sort(), hooks.sort());
});

test("annotations: each that the code looks at is listed, and each that is listed is looked at", async (t) => {
  const lib = new URL("../../lib", import.meta.url).pathname;
  const text = readdirSync(lib, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith("descriptions.ts"))
    .map((name) => readFileSync(join(lib, name), "utf8"))
    .join("\n");
  const found = new Set(
    [...text.matchAll(/"((?:run\.oci|org\.(?:systemd|criu|opencontainers))\.[\w.-]*)"/g)].map(
      ([, name]) => name as string,
    ),
  );
  t.same([...found].sort(), [...features.potentiallyUnsafeConfigAnnotations].sort());
});
