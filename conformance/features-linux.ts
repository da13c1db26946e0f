/** features-linux.md: what a runtime says that it can do on Linux, it does. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Config } from "../test/support/bundle.ts";
import { features, SINCE } from "./features.ts";
import { must, skip } from "./support/requirement.ts";
import type { LinuxFeatures } from "./support/runtime.ts";
import type { Subject } from "./support/subject.ts";

function linux(c: Subject): LinuxFeatures {
  return features(c).linux ?? skip("there is no linux section, which MAY be absent");
}

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

must(
  "features-seccomp-knownFlags",
  "features-linux.md § Seccomp",
  "This list may be a subset of knownFlags due to some flags not supported by the current kernel and/or libseccomp.",
  async (c) => {
    const { knownFlags, supportedFlags } = linux(c).seccomp ?? skip("seccomp is absent, which it MAY be");
    if (knownFlags == null || supportedFlags == null) skip("one of the lists is absent, which it MAY be");
    deepEqual(
      supportedFlags.filter((flag) => !knownFlags.includes(flag)),
      [],
      "supported, and not known",
    );
  },
  SINCE,
);

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
  "features-memory-policy-flags",
  "features-linux.md § MemoryPolicy",
  "The runtime MUST recognize the elements in this in the flags property of the linux.memoryPolicy object in config.json",
  async (c) => {
    const { flags } = linux(c).memoryPolicy ?? skip("memoryPolicy is absent, which it MAY be");
    for (const flag of flags) {
      const one = c.other(`${c.directory}/states`);
      const policy = { mode: "MPOL_BIND", nodes: "0", flags: [flag] };
      await one.ask({}, { ociVersion: "1.3.0", linux: { memoryPolicy: policy } });
      await one.discard();
    }
  },
  { since: "1.3" },
);

const SWITCHES = {
  cgroup: ["v1", "v2", "systemd", "systemdUser", "rdma"],
  apparmor: ["enabled"],
  selinux: ["enabled"],
  intelRdt: ["enabled", "schemata", "monitoring"],
  netDevices: ["enabled"],
};
for (const [name, properties] of Object.entries(SWITCHES)) {
  must(
    `features-${name}`,
    `features-linux.md § ${name}`,
    `${name} (object, OPTIONAL) represents the runtime's implementation status of ${name}: ${properties.join(", ")} (bool, OPTIONAL)`,
    async (c) => {
      const object = (linux(c)[name] ?? skip(`${name} is absent, which it MAY be`)) as Config;
      for (const property of properties) {
        const value = object[property];
        ok(value == null || typeof value === "boolean", `${property} is ${JSON.stringify(value)}`);
      }
    },
    { since: name === "netDevices" ? "1.3" : "1.1" },
  );
}
