/** config.md § Linux mount options: each option string of the table. */
import { equal, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Mount } from "../test/support/host.ts";
import { bind, plus } from "./mounts.ts";
import { makes, mountTable } from "./support/asks.ts";
import { type Level, must, should } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const SECTION = "config.md § Linux mount options";
/** Before, mount(8) was all that was said of options. */
const SINCE = { since: "1.1" };
const implement = (level: Level, option: string) =>
  `Runtimes MUST/SHOULD/MAY implement the following option strings for Linux: ${option} (${level})`;

const on = (mounts: readonly Mount[], target = "/mnt"): Mount => {
  const mount = mounts.findLast((one) => one.target === target);
  if (mount === undefined) throw new Error(`nothing is mounted on ${target}`);
  return mount;
};

/** An option of a tmpfs: what must, and what must not be among what mountinfo says of the mount and its super block. */
interface Row {
  readonly level?: Level;
  readonly has?: string;
  readonly lacks?: string;
  /** Options before it: what it takes back. */
  readonly after?: readonly string[];
}

const ON_TMPFS: Readonly<Record<string, Row>> = {
  async: { lacks: "sync", after: ["sync"] },
  atime: { lacks: "noatime", after: ["noatime"] },
  defaults: {},
  dev: { lacks: "nodev", after: ["nodev"] },
  diratime: { lacks: "nodiratime", after: ["nodiratime"] },
  dirsync: { has: "dirsync" },
  exec: { lacks: "noexec", after: ["noexec"] },
  iversion: {},
  lazytime: { has: "lazytime" },
  loud: {},
  noatime: { has: "noatime" },
  nodev: { has: "nodev" },
  nodiratime: { has: "nodiratime" },
  noexec: { has: "noexec" },
  noiversion: {},
  nolazytime: { lacks: "lazytime", after: ["lazytime"] },
  norelatime: {},
  nostrictatime: { has: "relatime", after: ["strictatime"] },
  nosuid: { has: "nosuid" },
  nosymfollow: { has: "nosymfollow", level: "SHOULD" },
  relatime: { has: "relatime" },
  ro: { has: "ro" },
  rw: { lacks: "ro", after: ["ro"] },
  silent: {},
  strictatime: { lacks: "relatime" },
  suid: { lacks: "nosuid", after: ["nosuid"] },
  symfollow: { lacks: "nosymfollow", after: ["nosymfollow"], level: "SHOULD" },
  sync: { has: "sync" },
};

for (const [option, { level = "MUST", has, lacks, after = [] }] of Object.entries(ON_TMPFS)) {
  const add = level === "MUST" ? must : should;
  add(
    `option-${option}`,
    SECTION,
    implement(level, option),
    async (c) => {
      const tmpfs = { destination: "/mnt", type: "tmpfs", source: "tmpfs", options: [...after, option] };
      const { mounts } = await c.ask({ mounts: mountTable() }, plus(tmpfs));
      const { options, superOptions } = on(mounts);
      const found = [...options, ...superOptions];
      if (has !== undefined) ok(found.includes(has), `${has} among ${found}`);
      if (lacks !== undefined) ok(!found.includes(lacks), `no ${lacks} among ${found}`);
    },
    SINCE,
  );
}

for (const option of ["ro", "nosuid", "nodev", "noexec", "noatime"]) {
  must(
    `option-bind-${option}`,
    SECTION,
    implement("MUST", option),
    async (c) => {
      const { mounts, made } = await c.ask({ mounts: mountTable(), made: makes("/mnt/made") }, plus(bind(c, [option])));
      ok(on(mounts).options.includes(option), `${option} among ${on(mounts).options}`);
      if (option === "ro") equal(made, "EROFS");
    },
    SINCE,
  );
}

must(
  "option-remount",
  SECTION,
  implement("MUST", "remount"),
  async (c) => {
    const tmpfs = { destination: "/mnt", type: "tmpfs", source: "tmpfs" };
    const { mounts } = await c.ask(
      { mounts: mountTable() },
      plus(tmpfs, { ...tmpfs, options: ["remount", "ro", "nosuid"] }),
    );
    equal(mounts.filter(({ target }) => target === "/mnt").length, 1);
    for (const option of ["ro", "nosuid"])
      ok(on(mounts).options.includes(option), `${option} among ${on(mounts).options}`);
  },
  SINCE,
);

/** A folder of the host with a tmpfs mounted in it, which only an option that means all below reaches. */
function nested(c: Subject, options: readonly string[], inner: readonly string[] = []): ReturnType<typeof bind> {
  const mount = bind(c, options, "/mnt", "rbind");
  execFileSync("mount", ["-t", "tmpfs", "-o", ["rw", ...inner].join(","), "inner", c.folder("source/inner")]);
  c.after(() => execFileSync("umount", ["--lazy", c.folder("source/inner")]));
  return mount;
}

must(
  "option-bind",
  SECTION,
  implement("MUST", "bind"),
  async (c) => {
    const { mounts } = await c.ask({ mounts: mountTable() }, plus({ ...nested(c, []), options: ["bind"] }));
    const below = mounts.filter(({ target }) => target.startsWith("/mnt"));
    equal(below.length, 1, "what is mounted below does not come along");
  },
  SINCE,
);

must(
  "option-rbind",
  SECTION,
  implement("MUST", "rbind"),
  async (c) => {
    const { mounts } = await c.ask({ mounts: mountTable() }, plus(nested(c, [])));
    equal(on(mounts, "/mnt/inner").type, "tmpfs", "what is mounted below comes along");
  },
  SINCE,
);

must(
  "option-rbind-ro-not-recursive",
  SECTION,
  "ro (MUST): corresponds to mount(8); rro (SHOULD): Recursive ro",
  async (c) => {
    const { mounts } = await c.ask({ mounts: mountTable() }, plus(nested(c, ["ro"])));
    ok(on(mounts).options.includes("ro"));
    ok(!on(mounts, "/mnt/inner").options.includes("ro"), "the mount below stays as it is");
  },
  SINCE,
);

/** Recursive options: what becomes of a mount below; with what it is mounted at first. */
const RECURSIVE: Readonly<Record<string, Row>> = {
  ratime: { lacks: "noatime", after: ["noatime"] },
  rdev: { lacks: "nodev", after: ["nodev"] },
  rdiratime: { lacks: "nodiratime", after: ["nodiratime"] },
  rexec: { lacks: "noexec", after: ["noexec"] },
  rnoatime: { has: "noatime" },
  rnodev: { has: "nodev" },
  rnodiratime: { has: "nodiratime" },
  rnoexec: { has: "noexec" },
  rnorelatime: {},
  rnostrictatime: { has: "relatime", after: ["strictatime"] },
  rnosuid: { has: "nosuid" },
  rnosymfollow: { has: "nosymfollow" },
  rrelatime: { has: "relatime", after: ["noatime"] },
  rro: { has: "ro" },
  rrw: { lacks: "ro", after: ["ro"] },
  rstrictatime: { lacks: "relatime" },
  rsuid: { lacks: "nosuid", after: ["nosuid"] },
  rsymfollow: { lacks: "nosymfollow", after: ["nosymfollow"] },
};

for (const [option, { has, lacks, after = [] }] of Object.entries(RECURSIVE)) {
  should(
    `option-${option}`,
    SECTION,
    implement("SHOULD", option),
    async (c) => {
      const { mounts } = await c.ask({ mounts: mountTable() }, plus(nested(c, [option], after)));
      for (const target of ["/mnt", "/mnt/inner"]) {
        const { options } = on(mounts, target);
        if (has !== undefined) ok(options.includes(has), `${has} among ${options} of ${target}`);
        if (lacks !== undefined) ok(!options.includes(lacks), `no ${lacks} among ${options} of ${target}`);
      }
    },
    SINCE,
  );
}

const PROPAGATION: Readonly<Record<string, { readonly pattern: RegExp; readonly recursive?: true }>> = {
  private: { pattern: /^$/ },
  rprivate: { pattern: /^$/, recursive: true },
  shared: { pattern: /^shared:\d+( master:\d+)?( propagate_from:\d+)?$/ },
  rshared: { pattern: /^shared:\d+( master:\d+)?( propagate_from:\d+)?$/, recursive: true },
  slave: { pattern: /^(master:\d+( propagate_from:\d+)?)?$/ },
  rslave: { pattern: /^(master:\d+( propagate_from:\d+)?)?$/, recursive: true },
  unbindable: { pattern: /^unbindable$/ },
  runbindable: { pattern: /^unbindable$/, recursive: true },
};

for (const [option, { pattern, recursive }] of Object.entries(PROPAGATION)) {
  must(
    `option-${option}`,
    SECTION,
    `${implement("MUST", option)}: Bind mount propagation`,
    async (c) => {
      const { mounts } = await c.ask({ mounts: mountTable() }, plus(nested(c, [option])));
      for (const target of recursive ? ["/mnt", "/mnt/inner"] : ["/mnt"]) {
        const found = on(mounts, target).propagation.join(" ");
        ok(pattern.test(found), `propagation of ${target} is "${found}"`);
      }
    },
    SINCE,
  );
}
