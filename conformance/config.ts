/** config.md: what holds for the configuration as a whole, and its small properties. */
import { deepEqual, equal } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MOUNTS, NAMESPACES, namespacesBut } from "../test/support/bundle.ts";
import { reads } from "./support/asks.ts";
import { invalid, must } from "./support/requirement.ts";

const VERSION = "config.md § Specification version";
const EXTENSIBILITY = "config.md § Extensibility";
const IGNORE = "Runtimes MAY log unknown properties but MUST otherwise ignore them.";
const ANNOTATIONS = "config.md § Annotations";

for (const [version, since] of [
  ["1.0.0", "1.0"],
  ["1.0.2", "1.0.2"],
  ["1.1.0", "1.1"],
  ["1.2.1", "1.2.1"],
  ["1.3.0", "1.3"],
  // What runc's own `spec` has written for years.
  ["1.0.2-dev", "1.0.2"],
  ["1.2.0-rc.1+build.7", "1.2"],
] as const) {
  must(
    `version-${version}`,
    VERSION,
    "[it] retains forward and backward compatibility within major versions.",
    async (c) => {
      await c.ask({}, { ociVersion: version });
    },
    { since },
  );
}

for (const [name, version] of Object.entries({
  "not-semver": "one",
  partial: "1.0",
  "leading-zero": "01.0.0",
  empty: "",
})) {
  must(`version-${name}`, VERSION, "ociVersion (string, REQUIRED) MUST be in SemVer v2.0.0 format", async (c) => {
    await c.notCreated({ ociVersion: version });
  });
}

must("version-missing", VERSION, "ociVersion (string, REQUIRED)", async (c) => {
  await c.notCreated({ ociVersion: undefined });
});

invalid("version-other-major", async (c) => {
  // What is compatible stays so within a major version.
  await c.notCreated({ ociVersion: "2.0.0" });
});

const UNKNOWN = { unknownProperty: { nested: [1, 2] } };
const UNKNOWNS = {
  top: UNKNOWN,
  process: { process: UNKNOWN },
  root: { root: UNKNOWN },
  linux: { linux: UNKNOWN },
  resources: { linux: { resources: UNKNOWN } },
  mount: { mounts: [...MOUNTS, { destination: "/mnt", type: "tmpfs", source: "tmpfs", ...UNKNOWN }] },
  user: { process: { user: UNKNOWN } },
  hook: { hooks: { createRuntime: [{ path: "/bin/true", ...UNKNOWN }] } },
  "kind-of-hook": { hooks: { prelaunch: [{ path: "/bin/true" }] } },
  namespace: { linux: { namespaces: NAMESPACES.map((one) => ({ ...one, ...UNKNOWN })) } },
  device: { linux: { devices: [{ path: "/dev/made", type: "c", major: 1, minor: 3, ...UNKNOWN }] } },
  seccomp: { linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", ...UNKNOWN } } },
  memory: { linux: { resources: { memory: { limit: 67_108_864, ...UNKNOWN } } } },
  platform: { windows: { layerFolders: ["x"] }, solaris: { milestone: "x" } },
};
for (const [where, change] of Object.entries(UNKNOWNS)) {
  must(`unknown-property-${where}`, EXTENSIBILITY, IGNORE, async (c) => {
    await c.ask({}, change);
  });
}

must(
  "unknown-annotation",
  ANNOTATIONS,
  "Runtimes MUST handle unknown annotation keys like any other unknown property.",
  async (c) => {
    await c.ask({}, { annotations: { "com.example.unknown": "x", "org.opencontainers.unknown": "y" } });
  },
);

must("annotation-empty-value", ANNOTATIONS, "Values MAY be an empty string.", async (c) => {
  const annotations = { "com.example.empty": "" };
  await c.created({ annotations });
  deepEqual((await c.state()).annotations?.["com.example.empty"], "");
});

must("annotation-empty-key", ANNOTATIONS, "Keys MUST NOT be an empty string.", async (c) => {
  await c.refused({ annotations: { "": "x" } });
});

must("annotation-number", ANNOTATIONS, "Values MUST be strings.", async (c) => {
  await c.refused({ annotations: { "com.example.number": 1 } });
});

must("annotations-list", ANNOTATIONS, "Annotations MUST be a key-value map.", async (c) => {
  await c.refused({ annotations: ["com.example.key"] });
});

const WRONG = {
  "terminal-string": { process: { terminal: "yes" } },
  "args-string": { process: { args: "/observer" } },
  "uid-negative": { process: { user: { uid: -1, gid: 0 } } },
  "uid-too-large": { process: { user: { uid: 2 ** 32, gid: 0 } } },
  "uid-fraction": { process: { user: { uid: 1.5, gid: 0 } } },
  "mounts-object": { mounts: {} },
  "namespace-unknown": { linux: { namespaces: [{ type: "mount" }, { type: "kernel" }] } },
  "env-numbers": { process: { env: [1] } },
  "readonly-string": { root: { readonly: "true" } },
  "hooks-list": { hooks: [] },
  "resources-string": { linux: { resources: { memory: { limit: "lots" } } } },
  "propagation-unknown": { linux: { rootfsPropagation: "upwards" } },
  "pids-limit-string": { linux: { resources: { pids: { limit: "many" } } } },
  "env-object": { process: { env: { PATH: "/" } } },
  "env-with-NUL": { process: { env: ["A=b\0c"] } },
  "args-with-NUL": { process: { args: ["/observer", "a\0b"] } },
  "mount-options-string": { mounts: [{ destination: "/mnt", type: "tmpfs", source: "tmpfs", options: "ro" }] },
  "masked-paths-object": { linux: { maskedPaths: {} } },
  "capabilities-list": { process: { capabilities: ["CAP_KILL"] } },
  "gid-too-large": { process: { user: { gid: 2 ** 32 } } },
  "additional-gid-negative": { process: { user: { additionalGids: [-1] } } },
  "hook-args-string": { hooks: { poststop: [{ path: "/bin/true", args: "true" }] } },
  "root-path-empty": { root: { path: "" } },
};
for (const [name, change] of Object.entries(WRONG)) {
  invalid(`invalid-${name}`, async (c) => {
    await c.refused(change);
  });
}

invalid("invalid-json", async (c) => {
  c.prepare();
  writeFileSync(join(c.bundle, "config.json"), '{ "ociVersion": "1.0.2", ');
  await c.fail("create", c.create());
  equal(await c.status(), "gone");
});

must(
  "hostname",
  "config.md § Hostname",
  "hostname (string, OPTIONAL) specifies the container's hostname as seen by processes running inside the container.",
  async (c) => {
    const { name } = await c.ask({ name: reads("/proc/sys/kernel/hostname") }, { hostname: "conformance" });
    equal(name.trim(), "conformance");
  },
);

invalid("hostname-without-namespace", async (c) => {
  // It would change the host's own.
  await c.refused({ hostname: "conformance", linux: { namespaces: namespacesBut("uts") } });
});

must(
  "domainname",
  "config.md § Domainname",
  "domainname (string, OPTIONAL) specifies the container's domainname as seen by processes running inside the container.",
  async (c) => {
    const change = { ociVersion: "1.1.0", domainname: "example.test" };
    const { name } = await c.ask({ name: reads("/proc/sys/kernel/domainname") }, change);
    equal(name.trim(), "example.test");
  },
  { since: "1.1" },
);
