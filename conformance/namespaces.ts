/** config-linux.md § Namespaces. */
import { equal, notEqual, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, NAMESPACES, namespacesBut } from "../test/support/bundle.ts";
import { read, readLink, until } from "../test/support/host.ts";
import { leadsTo, lists } from "./support/asks.ts";
import { must, should } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

export const SECTION = "config-linux.md § Namespaces";
export const PLACE = "The runtime MUST place the container process in the namespace associated with that path.";
export const ANOTHER_TYPE =
  "The runtime MUST generate an error if path is not associated with a namespace of type type.";
const CREATE = "If path is not specified, the runtime MUST create a new container namespace of type type.";
export const INHERIT =
  "If a namespace type is not specified in the namespaces array, the container MUST inherit the runtime namespace of that type.";

export const TWICE =
  "If a namespaces field contains duplicated namespaces with same type, the runtime MUST generate an error.";

/** Types by the names of their files. */
const FILES = { pid: "pid", network: "net", mount: "mnt", ipc: "ipc", uts: "uts", cgroup: "cgroup" } as const;
type Type = keyof typeof FILES;
const TYPES = Object.keys(FILES) as Type[];

const own = (type: Type): string => readLink(`/proc/self/ns/${FILES[type]}`);

function namespaces(...list: Config[]): Config {
  return { linux: { namespaces: list } };
}

async function seen(c: Subject, type: Type, change: Config): Promise<string> {
  const { link } = await c.ask({ link: leadsTo(`/proc/self/ns/${FILES[type]}`) }, change);
  return link;
}

for (const type of TYPES) {
  must(`namespace-${type}-new`, SECTION, CREATE, async (c) => {
    notEqual(await seen(c, type, {}), own(type));
  });

  should(
    `namespace-${type}-supported`,
    SECTION,
    `The following namespace types SHOULD be supported: ${type}`,
    async (c) => {
      const link = await seen(c, type, namespaces({ type: "mount" }, ...(type === "mount" ? [] : [{ type }])));
      notEqual(link, own(type));
    },
  );

  // Without a mount namespace of its own a container would mount over the host.
  if (type !== "mount") {
    must(`namespace-${type}-inherited`, SECTION, INHERIT, async (c) => {
      equal(await seen(c, type, namespaces(...namespacesBut(type))), own(type));
    });

    must(`namespace-${type}-path`, SECTION, PLACE, async (c) => {
      const host = c.other();
      await host.running({});
      const { pid } = await host.state();
      const path = `/proc/${pid}/ns/${FILES[type]}`;
      const theirs = readLink(path);
      notEqual(theirs, own(type));
      equal(await seen(c, type, namespaces(...namespacesBut(type), { type, path })), theirs);
    });
  }

  must(`namespace-${type}-path-of-another-type`, SECTION, ANOTHER_TYPE, async (c) => {
    const other = type === "uts" ? "ipc" : "uts";
    await c.refused(namespaces(...namespacesBut(type), { type, path: `/proc/self/ns/${other}` }));
  });

  must(`namespace-${type}-twice`, SECTION, TWICE, async (c) => {
    await c.refused(namespaces(...NAMESPACES, { type }));
  });
}

// The runtime's mount namespace is one that is made for the case: what is mounted there goes with it.
must("namespace-mount-inherited", SECTION, INHERIT, async (c) => {
  const asks = { link: leadsTo("/proc/self/ns/mnt"), root: lists("/") };
  c.prepare(namespaces(...namespacesBut("mount")), asks);
  const script = 'readlink /proc/self/ns/mnt > "$0"; exec "$@"';
  const [named, ...apart] = [join(c.directory, "runtimes"), "--mount", "--propagation", "private", "--"];
  await c.succeed("run", c.run(["unshare", ...apart, "sh", "-c", script, named]));
  const { link, root } = c.answers(asks);
  equal(link, read(named).trim());
  ok(root.includes("observer") && !root.includes("boot"), `its root has ${root}`);
});

must("namespace-mount-path", SECTION, PLACE, async (c) => {
  const script = 'echo made > "$0"; exec sleep 100';
  const ready = join(c.directory, "ready");
  const holder = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, ready], {
    stdio: "ignore",
  });
  c.after(() => holder.kill("SIGKILL"));
  await until("there is a mount namespace", () => existsSync(ready));
  const path = `/proc/${holder.pid}/ns/mnt`;
  equal(await seen(c, "mount", namespaces(...namespacesBut("mount"), { type: "mount", path })), readLink(path));
});

must(
  "namespace-path-relative",
  SECTION,
  "This value MUST be an absolute path in the runtime mount namespace.",
  async (c) => {
    await c.refused(namespaces(...namespacesBut("uts"), { type: "uts", path: "proc/self/ns/uts" }));
  },
);

must("namespace-path-missing", SECTION, PLACE, async (c) => {
  await c.refused(namespaces(...namespacesBut("uts"), { type: "uts", path: join(c.directory, "nowhere") }));
});

must("namespace-path-is-a-file", SECTION, ANOTHER_TYPE, async (c) => {
  const path = join(c.folder("files"), "file");
  writeFileSync(path, "");
  await c.refused(namespaces(...namespacesBut("uts"), { type: "uts", path }));
});
