import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { test } from "tap";
import { featuresDocument } from "../../lib/cli/features.ts";
import { parseConfig } from "../../lib/config/load.ts";
import { SECCOMP_FILTER_FLAG } from "../../lib/linux/seccomp.ts";
import { capabilitiesSpec } from "../../lib/spec/capabilities.ts";

const FACTS = {
  version: "0.1.0",
  commit: "0123456789ab",
  libseccomp: "2.5.4",
  knowsArch: (name: string) => name === "x86_64" || name === "arm",
  takesFlag: (flag: number) => flag !== SECCOMP_FILTER_FLAG.SPEC_ALLOW,
};

const FLAGS = ["TSYNC", "SPEC_ALLOW", "LOG", "WAIT_KILLABLE_RECV"].map((name) => `SECCOMP_FILTER_FLAG_${name}`);

test("the document is of the schema", (t) => {
  const schema = JSON.parse(readFileSync(new URL("../../schemas/features.json", import.meta.url), "utf8"));
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  t.ok(validate(featuresDocument(FACTS)), JSON.stringify(validate.errors));
  t.notOk(validate({ ...featuresDocument(FACTS), hooks: [1] }), "the schema refuses what is wrong");
  t.end();
});

test("it says what engines look for, and nothing that this version can't do", (t) => {
  t.match(featuresDocument(FACTS), {
    ociVersionMin: "1.0.0",
    ociVersionMax: "1.3.0",
    hooks: { length: 6 },
    linux: {
      namespaces: ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"],
      capabilities: { length: 41, 0: "CAP_CHOWN", 40: "CAP_CHECKPOINT_RESTORE" },
      cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
      seccomp: {
        enabled: true,
        operators: { length: 7 },
        archs: ["SCMP_ARCH_ARM", "SCMP_ARCH_X86_64"],
        knownFlags: FLAGS,
        supportedFlags: FLAGS.filter((name) => name !== "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
      },
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: {
      "io.github.seccomp.libseccomp.version": "2.5.4",
      "runt.version": "0.1.0",
      "runt.commit": "0123456789ab",
    },
  });
  const document = featuresDocument(FACTS) as { mountOptions: string[]; linux: { seccomp: { actions: string[] } } };
  const { mountOptions } = document;
  // Docker mounts read-only recursively if, and only if, it finds this one.
  t.ok(mountOptions.includes("rro"));
  for (const option of ["idmap", "ridmap"]) t.ok(mountOptions.includes(option), option);
  t.same(mountOptions, [...mountOptions].sort());
  t.ok(document.linux.seccomp.actions.includes("SCMP_ACT_ERRNO"));
  t.ok(document.linux.seccomp.actions.includes("SCMP_ACT_NOTIFY"));
  t.end();
});

/** The parts of the document that name what config.json may say. */
interface Listed {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly hooks: readonly string[];
  readonly linux: {
    readonly namespaces: readonly string[];
    readonly capabilities: readonly string[];
    readonly memoryPolicy: { readonly modes: readonly string[]; readonly flags: readonly string[] };
  };
}

/** The words that the schema lists at a path of properties. */
function choices(file: string, ...path: string[]): string[] {
  let part = JSON.parse(readFileSync(new URL(`../../schemas/${file}.json`, import.meta.url), "utf8"));
  for (const name of path) part = part[name];
  return part.enum;
}

test("what it lists is taken, and what config.json may name it lists", async (t) => {
  const { ociVersionMin, ociVersionMax, hooks, linux } = featuresDocument(FACTS) as Listed;
  for (const ociVersion of [ociVersionMin, ociVersionMax]) {
    const lists = Object.fromEntries(hooks.map((name) => [name, [{ path: "/bin/true" }]]));
    t.doesNotThrow(() => parseConfig(JSON.stringify({ ociVersion, root: { path: "r" }, hooks: lists }), "config.json"));
  }
  const sorted = (list: readonly string[]) => [...list].sort();
  const same = (listed: readonly string[], file: string, ...path: string[]) =>
    t.strictSame(sorted(listed), sorted(choices(file, ...path)), path.join("/"));
  same(linux.namespaces, "linux", "$defs", "namespace", "properties", "type");
  same(linux.memoryPolicy.modes, "linux", "$defs", "memoryPolicy", "properties", "mode");
  same(linux.memoryPolicy.flags, "linux", "$defs", "memoryPolicy", "properties", "flags", "items");
  const warnings: string[] = [];
  capabilitiesSpec({ bounding: linux.capabilities }, undefined, (warning) => warnings.push(warning));
  t.strictSame(warnings, [], "every capability is known");
});
