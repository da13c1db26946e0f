import { test } from "tap";
import type { Device } from "../../lib/config/schema.ts";
import { makedev } from "../../lib/linux/dev.ts";
import { S } from "../../lib/linux/stat.ts";
import { devicesSpec } from "../../lib/spec/devices.ts";

const DEFAULTS = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

function added(device: Device) {
  return devicesSpec({ linux: { devices: [device] } })[DEFAULTS.length];
}

test("devicesSpec: every container has the default devices, open to all", async (t) => {
  const devices = devicesSpec({});
  t.same(
    devices.map(({ path }) => path),
    DEFAULTS,
  );
  t.same(devices[0], { path: "/dev/null", mode: S.IFCHR | 0o666, rdev: makedev(1, 3), uid: 0, gid: 0 });
});

const DEVICES: readonly { what: string; device: Device; is: object }[] = [
  {
    what: "a block device",
    device: { type: "b", path: "/dev/sda", major: 8, minor: 300, fileMode: 0o640, uid: 1, gid: 6 },
    is: { path: "/dev/sda", mode: S.IFBLK | 0o640, rdev: makedev(8, 300), uid: 1, gid: 6 },
  },
  {
    what: "an unbuffered device without a mode",
    device: { type: "u", path: "/x/../y", major: 10, minor: 229 },
    is: { path: "/y", mode: S.IFCHR | 0o666, rdev: makedev(10, 229), uid: 0, gid: 0 },
  },
  {
    what: "a FIFO, which has no number",
    device: { type: "p", path: "/fifo", major: 1, minor: 2, fileMode: 0o600 },
    is: { path: "/fifo", mode: S.IFIFO | 0o600, rdev: 0, uid: 0, gid: 0 },
  },
  {
    what: "a mode with bits of a file's type",
    device: { type: "c", path: "/c", major: 1, minor: 1, fileMode: S.IFBLK | 0o644 },
    is: { path: "/c", mode: S.IFCHR | 0o644, rdev: makedev(1, 1), uid: 0, gid: 0 },
  },
];

for (const { what, device, is } of DEVICES) {
  test(`devicesSpec: ${what}`, async (t) => t.same(added(device), is));
}

test("devicesSpec: linux.devices overrides a default device of the same path", async (t) => {
  const devices = devicesSpec({
    linux: { devices: [{ type: "c", path: "/dev/null", major: 1, minor: 3, fileMode: 0o600 }] },
  });
  t.equal(devices.length, DEFAULTS.length);
  t.equal(devices[0]?.mode, S.IFCHR | 0o600);
});

test("devicesSpec: /dev/ptmx is left to the container's devpts", async (t) => {
  t.equal(added({ type: "c", path: "/dev/ptmx", major: 5, minor: 2 }), undefined);
});

test("devicesSpec: a host's /dev in the container has its devices", async (t) => {
  const mounts = [{ destination: "/dev/", source: "/dev", options: ["rbind"] }];
  t.same(devicesSpec({ mounts, linux: { devices: [{ type: "c", path: "/dev/x", major: 1, minor: 2 }] } }), []);
  t.equal(devicesSpec({ mounts: [{ destination: "/dev/sub", options: ["bind"] }] }).length, DEFAULTS.length);
});
