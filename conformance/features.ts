/** features.md and features-linux.md: what a runtime says that it can do, it does. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Config } from "../test/support/bundle.ts";
import { must, should, skip } from "./support/requirement.ts";
import type { Features, LinuxFeatures } from "./support/runtime.ts";
import type { Subject } from "./support/subject.ts";

const VERSION = "features.md § Specification version";
const SINCE = { since: "1.1" };

function features(c: Subject): Features {
  if (c.runtime.features === undefined) skip("the runtime has no features command, which it MAY lack");
  return c.runtime.features;
}

function linux(c: Subject): LinuxFeatures {
  return features(c).linux ?? skip("there is no linux section, which MAY be absent");
}

/** The properties of features.md, by the object that they stand in; true stands for what is not looked into. */
const KNOWN = {
  "": [
    "ociVersionMin",
    "ociVersionMax",
    "hooks",
    "mountOptions",
    "linux",
    "annotations",
    "potentiallyUnsafeConfigAnnotations",
  ],
  linux: [
    "namespaces",
    "capabilities",
    "cgroup",
    "seccomp",
    "apparmor",
    "selinux",
    "memoryPolicy",
    "intelRdt",
    "mountExtensions",
    "netDevices",
  ],
  "linux.cgroup": ["v1", "v2", "systemd", "systemdUser", "rdma"],
  "linux.seccomp": ["enabled", "actions", "operators", "archs", "knownFlags", "supportedFlags"],
  "linux.intelRdt": ["enabled", "schemata", "monitoring"],
  "linux.memoryPolicy": ["modes", "flags"],
} as const;

for (const bound of ["ociVersionMin", "ociVersionMax"] as const) {
  must(
    `features-${bound}`,
    VERSION,
    "The runtime MUST accept this value as the ociVersion property of config.json.",
    async (c) => {
      const version = features(c)[bound];
      ok(typeof version === "string" && /^\d+\.\d+\.\d+/.test(version), `${bound} is ${version}`);
      await c.ask({}, { ociVersion: version });
    },
    SINCE,
  );
}

must(
  "features-versions-ordered",
  VERSION,
  "The value MUST NOT be less than the value of the ociVersionMin property.",
  async (c) => {
    const { ociVersionMin = "", ociVersionMax = "" } = features(c);
    const numbers = (version: string) => version.split(/[-+]/)[0]?.split(".").map(Number) ?? [];
    const [least, most] = [numbers(ociVersionMin), numbers(ociVersionMax)];
    const differs = most.findIndex((number, place) => number !== least[place]);
    ok(differs < 0 || (most[differs] ?? 0) > (least[differs] ?? 0), `${ociVersionMin} to ${ociVersionMax}`);
  },
  SINCE,
);

must(
  "features-known-properties",
  VERSION,
  "The Features structure MUST NOT contain properties that are not defined in this version of the Open Container Initiative Runtime Specification.",
  async (c) => {
    const document = features(c);
    for (const [path, known] of Object.entries(KNOWN)) {
      const object =
        path === ""
          ? document
          : path.split(".").reduce<unknown>((at, key) => (at as Config | undefined)?.[key], document);
      const unknown = Object.keys((object as object | undefined) ?? {}).filter(
        (key) => !(known as readonly string[]).includes(key),
      );
      deepEqual(unknown, [], `in ${path || "the structure"}`);
    }
  },
  SINCE,
);

should(
  "features-static",
  "features.md",
  "the content of the Features structure SHOULD be determined on the compilation time of the runtime, not on the execution time.",
  async (c) => {
    const first = features(c);
    const { stdout } = await c.succeed(
      "features",
      c.command(["features"], { env: { PATH: "/nowhere", HOME: "/nowhere" } }),
    );
    deepEqual(JSON.parse(stdout), first);
  },
  SINCE,
);

must(
  "features-hooks",
  "features.md § Hooks",
  "The runtime MUST support the elements in this array as the hooks property of config.json.",
  async (c) => {
    const names = features(c).hooks ?? skip("hooks is absent, which it MAY be");
    const hook = { path: "/bin/true" };
    // startContainer hooks are looked for in the container.
    c.install("/hook", {});
    const hooks = Object.fromEntries(
      names.map((name) => [name, [name === "startContainer" ? { path: "/hook" } : hook]]),
    );
    await c.ask({}, { hooks });
  },
  SINCE,
);

/** Options that need an argument, a partner or something to act on that a plain bind mount has not. */
const NOT_ALONE = ["remount", "bind", "rbind", "idmap", "ridmap", "tmpcopyup", "acl", "noacl"];

must(
  "features-mount-options",
  "features.md § Mount Options",
  "The runtime MUST recognize the elements in this array as the options of mounts objects in config.json.",
  async (c) => {
    const names = features(c).mountOptions ?? skip("mountOptions is absent, which it MAY be");
    const wrong: string[] = [];
    for (const name of names.filter((one) => !NOT_ALONE.includes(one))) {
      const one = c.other(`${c.directory}/states`);
      const recursive = /^r[a-z]/.test(name) && !["ro", "rw", "relatime"].includes(name);
      const mount = { destination: "/mnt", type: "tmpfs", source: "tmpfs", options: [name] };
      const bind = { ...mount, type: "none", source: one.folder("source"), options: ["rbind", name] };
      one.prepare({ mounts: [...(one.base().mounts as object[]), recursive ? bind : mount] });
      const { code } = await one.run();
      if (code !== 0) wrong.push(name);
      await one.discard();
    }
    equal(wrong.join(" "), "", "refused");
  },
  SINCE,
);

must(
  "features-namespaces",
  "features-linux.md § Namespaces",
  "The runtime MUST recognize the elements in this array as the type of linux.namespaces objects in config.json.",
  async (c) => {
    const types = linux(c).namespaces ?? skip("namespaces is absent, which it MAY be");
    const mapping = [{ containerID: 0, hostID: 0, size: 65_536 }];
    const maps = types.includes("user") ? { uidMappings: mapping, gidMappings: mapping } : {};
    await c.ask(
      {},
      { ociVersion: features(c).ociVersionMax, linux: { namespaces: types.map((type) => ({ type })), ...maps } },
    );
  },
  SINCE,
);

must(
  "features-capabilities",
  "features-linux.md § Capabilities",
  "The runtime MUST recognize the elements in this array in the process.capabilities object of config.json.",
  async (c) => {
    const names = linux(c).capabilities ?? skip("capabilities is absent, which it MAY be");
    c.prepare({ process: { capabilities: { bounding: names } } });
    const { stderr } = await c.succeed("create", c.create());
    ok(!/unknown|invalid/i.test(stderr), stderr);
  },
  SINCE,
);

/** Machines of the other byte order: recognised, but in no filter together with this one. */
const OTHER_ORDER = /_(MIPS|MIPS64|MIPS64N32|PARISC|PARISC64|PPC|PPC64|S390|S390X|M68K|SHEB)$/;

const LISTS = {
  actions: "syscalls[].action",
  operators: "syscalls[].args[].op",
  archs: "architectures",
  supportedFlags: "flags",
} as const;
for (const [list, property] of Object.entries(LISTS) as [keyof typeof LISTS, string][]) {
  must(
    `features-seccomp-${list}`,
    "features-linux.md § Seccomp",
    `The runtime MUST recognize the elements in this array in the ${property} property of the linux.seccomp object in config.json.`,
    async (c) => {
      const names = linux(c).seccomp?.[list] ?? skip(`seccomp.${list} is absent, which it MAY be`);
      const wrong: string[] = [];
      for (const name of names.filter((one) => !/NOTIFY$|WAIT_KILLABLE_RECV$/.test(one) && !OTHER_ORDER.test(one))) {
        const one = c.other(`${c.directory}/states`);
        const rule = { names: ["getpriority"], action: list === "actions" ? name : "SCMP_ACT_ERRNO" };
        const args = list === "operators" ? { args: [{ index: 0, value: 77, valueTwo: 77, op: name }] } : {};
        const more = list === "archs" ? { architectures: [name] } : list === "supportedFlags" ? { flags: [name] } : {};
        one.prepare({
          linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ ...rule, ...args }], ...more } },
        });
        const { code } = await one.create();
        if (code !== 0) wrong.push(name);
        await one.discard();
      }
      equal(wrong.join(" "), "", "refused");
    },
    SINCE,
  );
}

must(
  "features-idmap",
  "features-linux.md § MountExtensions",
  "In such cases, runtimes MUST still set this value to true, to indicate that the runtime recognises the uidMappings and gidMappings properties.",
  async (c) => {
    const { idmap } = linux(c).mountExtensions ?? skip("mountExtensions is absent, which it MAY be");
    equal(typeof idmap?.enabled, "boolean");
  },
  { since: "1.2" },
);

must(
  "features-memory-policy",
  "features-linux.md § MemoryPolicy",
  "The runtime MUST recognize the elements in this array as the mode of linux.memoryPolicy objects in config.json.",
  async (c) => {
    const { modes } = linux(c).memoryPolicy ?? skip("memoryPolicy is absent, which it MAY be");
    for (const mode of modes) {
      const one = c.other(`${c.directory}/states`);
      const nodes = ["MPOL_DEFAULT", "MPOL_LOCAL"].includes(mode) ? {} : { nodes: "0" };
      await one.ask({}, { ociVersion: "1.3.0", linux: { memoryPolicy: { mode, ...nodes } } });
      await one.discard();
    }
  },
  { since: "1.3" },
);

must(
  "features-schema",
  "features.md",
  'The null value MUST NOT be confused with an empty value such as 0, false, "", [], and {}.',
  async (c) => {
    const document = features(c);
    for (const name of ["hooks", "mountOptions"] as const)
      ok(document[name] == null || Array.isArray(document[name]), name);
    for (const name of ["ociVersionMin", "ociVersionMax"] as const) equal(typeof document[name], "string", name);
  },
  SINCE,
);
