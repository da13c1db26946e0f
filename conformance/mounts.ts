/** config.md § Mounts: what is mounted where, and in which order. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, MOUNTS } from "../test/support/bundle.ts";
import { mounts } from "../test/support/host.ts";
import { facts, lists, makes, mountTable, reads } from "./support/asks.ts";
import { invalid, must, should } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const MOUNTS_SECTION = "config.md § Mounts";
const OPTIONS = "config.md § Linux mount options";

/** The base's mounts, and these. */
export function plus(...mounts: Config[]): Config {
  return { mounts: [...MOUNTS, ...mounts] };
}

/** A bind mount of a folder beside the bundle that holds `file`. */
export function bind(c: Subject, options: readonly string[], destination = "/mnt", kind = "bind"): Config {
  const source = c.folder("source");
  writeFileSync(join(source, "file"), "of the host");
  return { destination, type: "none", source, options: [kind, ...options] };
}

must("mounts-order", MOUNTS_SECTION, "The runtime MUST mount entries in the listed order.", async (c) => {
  const tmpfs = (name: string, destination: string) => ({ destination, type: "tmpfs", source: name });
  const { mounts } = await c.ask(
    { mounts: mountTable() },
    plus(tmpfs("one", "/mnt"), tmpfs("two", "/mnt/inner"), tmpfs("three", "/mnt")),
  );
  const ours = mounts.filter(({ source, type }) => type === "tmpfs" && ["one", "two", "three"].includes(source));
  // The third covers the first two.
  deepEqual(
    ours.map(({ source }) => source),
    ["one", "two", "three"],
  );
});

must("mounts-order-covers", MOUNTS_SECTION, "The runtime MUST mount entries in the listed order.", async (c) => {
  const tmpfs = { destination: "/mnt", type: "tmpfs", source: "below" };
  const { over, names } = await c.ask({ over: reads("/mnt/file"), names: lists("/mnt") }, plus(tmpfs, bind(c, [])));
  equal(over, "of the host");
  deepEqual(names, ["file"]);
});

must(
  "mounts-relative-destination",
  MOUNTS_SECTION,
  'it MAY be a relative path, in which case it MUST be interpreted as relative to "/".',
  async (c) => {
    const { text } = await c.ask({ text: reads("/mnt/file") }, plus(bind(c, [], "mnt")));
    equal(text, "of the host");
  },
  { since: "1.2" },
);

must(
  "mounts-destination-missing",
  MOUNTS_SECTION,
  "destination (string, REQUIRED) Destination of mount point: path inside container.",
  async (c) => {
    await c.refused(plus({ type: "tmpfs", source: "tmpfs" }));
  },
);

must(
  "mounts-bind-absolute",
  MOUNTS_SECTION,
  "Path values for bind mounts are either absolute or relative to the bundle.",
  async (c) => {
    const { text } = await c.ask({ text: reads("/mnt/file") }, plus(bind(c, [])));
    equal(text, "of the host");
  },
);

must(
  "mounts-bind-relative",
  MOUNTS_SECTION,
  "Path values for bind mounts are either absolute or relative to the bundle.",
  async (c) => {
    mkdirSync(join(c.bundle, "beside"));
    writeFileSync(join(c.bundle, "beside/file"), "of the bundle");
    const { text } = await c.ask(
      { text: reads("/mnt/file") },
      plus({ destination: "/mnt", type: "none", source: "beside", options: ["bind"] }),
    );
    equal(text, "of the bundle");
  },
);

for (const kind of ["bind", "rbind"]) {
  must(
    `mounts-${kind}-by-option`,
    MOUNTS_SECTION,
    "A mount is a bind mount if it has either bind or rbind in the options.",
    async (c) => {
      const { text } = await c.ask({ text: reads("/mnt/file") }, plus({ ...bind(c, [], "/mnt", kind), type: "tmpfs" }));
      equal(text, "of the host");
    },
  );
}

must(
  "mounts-type-bind-alone",
  MOUNTS_SECTION,
  "A mount is a bind mount if it has either bind or rbind in the options.",
  async (c) => {
    // Without the option it is a mount of a file system called "bind", and there is none.
    await c.refused(plus({ ...bind(c, []), type: "bind", options: [] }));
  },
);

must(
  "mounts-bind-file",
  MOUNTS_SECTION,
  "source (string, OPTIONAL) A device name, but can also be a file or directory name for bind mounts or a dummy.",
  async (c) => {
    const source = join(c.folder("source"), "file");
    writeFileSync(source, "a file");
    const { text } = await c.ask(
      { text: reads("/mnt/there") },
      plus({ destination: "/mnt/there", type: "none", source, options: ["bind"] }),
    );
    equal(text, "a file");
  },
);

must(
  "mounts-bind-source-missing",
  MOUNTS_SECTION,
  "Path values for bind mounts are either absolute or relative to the bundle.",
  async (c) => {
    await c.refused(
      plus({ destination: "/mnt", type: "none", source: join(c.directory, "nowhere"), options: ["bind"] }),
    );
  },
);

must(
  "mounts-destination-made",
  MOUNTS_SECTION,
  "mounts (array of objects, OPTIONAL) specifies additional mounts beyond root.",
  async (c) => {
    const { file } = await c.ask({ file: facts("/deep/down/here/file") }, plus(bind(c, [], "/deep/down/here")));
    equal(typeof file, "object");
  },
);

must(
  "mounts-type-unknown",
  "config.md § POSIX-platform Mounts",
  "filesystem types supported by the kernel as listed in /proc/filesystems",
  async (c) => {
    await c.refused(plus({ destination: "/mnt", type: "no-such-type", source: "x" }));
  },
);

should(
  "mounts-data-options",
  OPTIONS,
  "Runtimes SHOULD treat unknown options as filesystem-specific ones and pass those as a comma-separated string to the fifth (const void *data) argument of mount(2).",
  async (c) => {
    const options = ["size=64k", "mode=0711", "nr_inodes=32", "uid=3"];
    const { folder, mounts } = await c.ask(
      { folder: facts("/mnt"), mounts: mountTable() },
      plus({ destination: "/mnt", type: "tmpfs", source: "tmpfs", options }),
    );
    ok(typeof folder === "object" && folder.mode === 0o711 && folder.uid === 3, JSON.stringify(folder));
    const found = mounts.findLast(({ target }) => target === "/mnt")?.superOptions ?? [];
    for (const option of ["size=64k", "nr_inodes=32"]) ok(found.includes(option), `${option} in ${found}`);
  },
  { since: "1.1" },
);

invalid("mounts-data-options-wrong", async (c) => {
  await c.refused(plus({ destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["no_such_option=1"] }));
});

const DEFAULTS = { "/proc": "proc", "/sys": "sysfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs" } as const;
for (const [path, type] of Object.entries(DEFAULTS)) {
  should(
    `filesystem-${path.slice(1).replace("/", "-")}`,
    "config-linux.md § Default Filesystems",
    `The following filesystems SHOULD be made available in each container's filesystem: ${path} (${type})`,
    async (c) => {
      const { mounts } = await c.ask({ mounts: mountTable() });
      equal(mounts.findLast(({ target }) => target === path)?.type, type);
    },
  );
}

must(
  "mounts-in-the-container-only",
  "config-linux.md § Namespaces",
  "mount: the container will have an isolated mount table.",
  async (c) => {
    await c.running({ made: makes("/mnt/made") }, plus({ destination: "/mnt", type: "tmpfs", source: "tmpfs" }));
    deepEqual(
      mounts()
        .filter(({ target }) => target.startsWith(c.directory))
        .map(({ target }) => target),
      [],
    );
  },
);
