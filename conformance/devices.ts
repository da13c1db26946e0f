/** config-linux.md § Devices, § Default Devices, § Allowed Device list; runtime-linux.md § Dev symbolic links. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { O } from "../lib/linux/fcntl.ts";
import type { Config } from "../test/support/bundle.ts";
import { facts, leadsTo, mountTable, opened } from "./support/asks.ts";
import { invalid, must } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const DEVICES = "config-linux.md § Devices";
const DEFAULT = "config-linux.md § Default Devices";
const ALLOWED = "config-linux.md § Allowed Device list";
const AVAILABLE = "devices (array of objects, OPTIONAL) lists devices that MUST be available in the container.";
const TYPE = "type (string, REQUIRED) - type of device: c, b, u or p.";
const SUPPLY = "In addition to any devices configured with this setting, the runtime MUST also supply: ";

const NODES = { null: "1:3", zero: "1:5", full: "1:7", random: "1:8", urandom: "1:9", tty: "5:0" } as const;
for (const [name, device] of Object.entries(NODES)) {
  must(`device-${name}`, DEFAULT, `${SUPPLY}/dev/${name}`, async (c) => {
    const asks = { node: facts(`/dev/${name}`), opened: opened(`/dev/${name}`, O.RDONLY | O.NONBLOCK, "getpid") };
    const { node, opened: result } = await c.ask(asks);
    ok(typeof node === "object", `/dev/${name}: ${node}`);
    deepEqual([node.kind, node.device, node.mode], ["char", device, 0o666]);
    // Without a terminal, /dev/tty is there and leads nowhere.
    if (name === "tty") equal(result, "ENXIO");
    else equal(typeof result, "number", `opening /dev/${name}: ${result}`);
  });
}

must("device-ptmx", DEFAULT, "/dev/ptmx. A bind-mount or symlink of the container's /dev/pts/ptmx.", async (c) => {
  const asks = {
    link: leadsTo("/dev/ptmx"),
    own: facts("/dev/ptmx", 0),
    real: facts("/dev/pts/ptmx"),
    opened: opened("/dev/ptmx", O.RDWR, "getpid"),
  };
  const { link, own, real, opened: result } = await c.ask(asks);
  match(link, /^((\/dev\/)?pts\/ptmx|EINVAL)$/);
  deepEqual(own, real);
  equal(typeof result, "number", `opening it: ${result}`);
});

const LINKS = {
  fd: "/proc/self/fd",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
  stderr: "/proc/self/fd/2",
} as const;
for (const [name, target] of Object.entries(LINKS)) {
  must(
    `dev-link-${name}`,
    "runtime-linux.md § Dev symbolic links",
    `runtimes MUST create the following symlinks if the source file exists after processing mounts: /dev/${name}`,
    async (c) => {
      const { link } = await c.ask({ link: leadsTo(`/dev/${name}`) });
      equal(link, target);
    },
  );
}

const KINDS = { c: ["char", 10, 229], u: ["char", 10, 200], b: ["block", 7, 77] } as const;
for (const [type, [kind, major, minor]] of Object.entries(KINDS)) {
  must(`device-type-${type}`, DEVICES, AVAILABLE, async (c) => {
    const device = { path: "/dev/made", type, major, minor, fileMode: 0o640, uid: 3, gid: 4 };
    const { node } = await c.ask({ node: facts("/dev/made") }, { linux: { devices: [device] } });
    deepEqual(node, { ...(node as object), kind, device: `${major}:${minor}`, mode: 0o640, uid: 3, gid: 4 });
  });
}

must("device-type-p", DEVICES, TYPE, async (c) => {
  const { node } = await c.ask(
    { node: facts("/dev/made") },
    { linux: { devices: [{ path: "/dev/made", type: "p", fileMode: 0o600 }] } },
  );
  ok(typeof node === "object" && node.kind === "fifo" && node.mode === 0o600, JSON.stringify(node));
});

must(
  "device-outside-dev",
  DEVICES,
  "The path MAY be anywhere in the container filesystem, notably outside of /dev.",
  async (c) => {
    const device = { path: "/deep/down/null", type: "c", major: 1, minor: 3 };
    const { node } = await c.ask({ node: facts("/deep/down/null") }, { linux: { devices: [device] } });
    ok(typeof node === "object" && node.device === "1:3", JSON.stringify(node));
  },
);

must(
  "device-file-there",
  DEVICES,
  "If a file already exists at path that does not match the requested device, the runtime MUST generate an error.",
  async (c) => {
    writeFileSync(join(c.rootfs, "there"), "a file");
    await c.refused({ linux: { devices: [{ path: "/there", type: "c", major: 1, minor: 3 }] } });
  },
);

must(
  "device-other-there",
  DEVICES,
  "If a file already exists at path that does not match the requested device, the runtime MUST generate an error.",
  async (c) => {
    execFileSync("mknod", [join(c.rootfs, "there"), "c", "1", "5"]);
    await c.refused({ linux: { devices: [{ path: "/there", type: "c", major: 1, minor: 3 }] } });
  },
);

must("device-same-there", DEVICES, AVAILABLE, async (c) => {
  execFileSync("mknod", [join(c.rootfs, "there"), "c", "1", "3"]);
  const { node } = await c.ask(
    { node: facts("/there") },
    { linux: { devices: [{ path: "/there", type: "c", major: 1, minor: 3 }] } },
  );
  ok(typeof node === "object" && node.device === "1:3", JSON.stringify(node));
});

for (const [name, [quote, change]] of Object.entries({
  "type-missing": [TYPE, { type: undefined }],
  "type-unknown": [TYPE, { type: "x" }],
  "path-missing": ["path (string, REQUIRED) - full path to device inside container.", { path: undefined }],
  "major-missing": ["major, minor (int64, REQUIRED unless type is p)", { major: undefined }],
} as const)) {
  must(`device-${name}`, DEVICES, quote, async (c) => {
    await c.refused({ linux: { devices: [{ path: "/dev/made", type: "c", major: 1, minor: 3, ...change }] } });
  });
}

must(
  "device-console-without-terminal",
  DEFAULT,
  "/dev/console is set up if terminal is enabled in the config",
  async (c) => {
    const { mounts } = await c.ask({ mounts: mountTable() });
    equal(
      mounts.find(({ target }) => target === "/dev/console"),
      undefined,
    );
  },
);

const rules = (...list: Config[]): Config => ({ linux: { resources: { devices: list } } });
const NONE = { allow: false, access: "rwm" };

/** A device without a driver: to open it is EPERM where the rules deny it, and ENXIO where they don't. */
const NOBODYS = { type: "c", major: 240, minor: 7 };
const ALLOW = { allow: true, ...NOBODYS, access: "rwm" };
const DENY = { allow: false, ...NOBODYS, access: "rwm" };

async function opening(c: Subject, ...list: Config[]): Promise<{ read: unknown; write: unknown }> {
  execFileSync("mknod", [join(c.rootfs, "device"), "c", "240", "7"]);
  const opens = (flags: number) => opened("/device", flags | O.NONBLOCK, "getpid");
  return c.ask({ read: opens(O.RDONLY), write: opens(O.WRONLY) }, rules(...list));
}

const BOTH = { allowed: { read: "ENXIO", write: "ENXIO" }, denied: { read: "EPERM", write: "EPERM" } };
const LISTS: Readonly<Record<string, readonly [Config[], object]>> = {
  deny: [[NONE], BOTH.denied],
  allow: [[NONE, ALLOW], BOTH.allowed],
  "order-allow-last": [[NONE, DENY, ALLOW], BOTH.allowed],
  "order-deny-last": [[NONE, ALLOW, DENY], BOTH.denied],
  "order-deny-all-last": [[ALLOW, NONE], BOTH.denied],
};
for (const [name, [list, expected]] of Object.entries(LISTS)) {
  must(`allowed-${name}`, ALLOWED, "The runtime MUST apply entries in the listed order.", async (c) => {
    deepEqual(await opening(c, ...list), expected);
  });
}

for (const [name, rule] of Object.entries({
  minor: { allow: true, type: "c", major: 240, access: "rwm" },
  numbers: { allow: true, type: "c", access: "rwm" },
  type: { allow: true, access: "rwm" },
})) {
  must(`allowed-unset-${name}`, ALLOWED, 'Unset values mean "all", mapping to * in the filesystem API.', async (c) => {
    deepEqual(await opening(c, NONE, rule), BOTH.allowed);
  });
}

must(
  "allowed-access",
  ALLOWED,
  "access (string, OPTIONAL) - cgroup permissions for device. A composition of r (read), w (write), and m (mknod).",
  async (c) => {
    deepEqual(await opening(c, NONE, { ...ALLOW, access: "r" }), { read: "ENXIO", write: "EPERM" });
  },
);

invalid("allowed-access-unknown", async (c) => {
  await c.refused(rules({ ...ALLOW, access: "rx" }));
});

must(
  "allowed-default-devices",
  DEFAULT,
  "In addition to any devices configured with this setting, the runtime MUST also supply: /dev/null",
  async (c) => {
    const { null: opening } = await c.ask({ null: opened("/dev/null", O.RDWR, "getpid") }, rules(NONE));
    equal(typeof opening, "number", `with all others denied, opening /dev/null: ${opening}`);
  },
);
