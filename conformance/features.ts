/** features.md: what a runtime says that it can do, it does. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import type { Config } from "../test/support/bundle.ts";
import { must, should, skip } from "./support/requirement.ts";
import { compareVersions, type Features } from "./support/runtime.ts";
import type { Subject } from "./support/subject.ts";

const VERSION = "features.md § Specification version";
export const SINCE = { since: "1.1" };

export function features(c: Subject): Features {
  if (c.runtime.features === undefined) skip("the runtime has no features command, which it MAY lack");
  return c.runtime.features;
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
    ok(compareVersions(ociVersionMin, ociVersionMax) <= 0, `${ociVersionMin} to ${ociVersionMax}`);
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

/** What tmpfs, overlay, ext4 and the like call their own. */
const OF_FILESYSTEMS = ["size", "mode", "uid", "gid", "nr_inodes", "newinstance", "lowerdir", "data", "errors", "huge"];

should(
  "features-mount-options-of-filesystems",
  "features.md § Mount Options",
  "this array SHOULD NOT contain filesystem-specific mount options that are passed to the mount(2) syscall as const void *data.",
  async (c) => {
    const names = features(c).mountOptions ?? skip("mountOptions is absent, which it MAY be");
    deepEqual(
      names.filter((name) => OF_FILESYSTEMS.includes(name) || name.includes("=")),
      [],
    );
  },
  SINCE,
);

must(
  "features-annotations",
  "features.md § Annotations",
  "Annotations MUST be a key-value map that follows the same convention as the Key and Values of the annotations property of config.json.",
  async (c) => {
    const annotations = features(c).annotations ?? skip("annotations is absent, which it MAY be");
    ok(typeof annotations === "object" && !Array.isArray(annotations), "annotations is a map");
    for (const [key, value] of Object.entries(annotations)) {
      notEqual(key, "");
      equal(typeof value, "string", key);
    }
  },
  SINCE,
);

must(
  "features-unsafe-annotations",
  "features.md § Unsafe annotations in config.json",
  "potentiallyUnsafeConfigAnnotations (array of strings, OPTIONAL) contains values of annotations property of config.json that may potentially change the behavior of the runtime.",
  async (c) => {
    const names = features(c).potentiallyUnsafeConfigAnnotations ?? skip("it is absent, which it MAY be");
    ok(Array.isArray(names) && names.every((name) => typeof name === "string" && name !== ""), JSON.stringify(names));
  },
  { since: "1.2" },
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
