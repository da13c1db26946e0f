import { rules } from "./table.ts";

const linux = (types: readonly string[], more: object = {}): { linux: object } => ({
  linux: { namespaces: types.map((type) => ({ type })), ...more },
});
const missing = (type: string): string =>
  `must come with a ${type} namespace: /linux/namespaces has none of type ${type}`;
const NAME = "must be a name of 1 to 15 characters without space, slash and colon";
const nets = (netDevices: object): { linux: object } => linux(["network"], { netDevices });

rules({
  "each type once": { config: linux(["pid", "network", "mount", "ipc", "uts", "cgroup", "time"]) },
  "types listed again": {
    config: linux(["pid", "uts", "pid", "uts"]),
    faults: [
      "/linux/namespaces/2/type must be listed once: entry 0 is of type pid already",
      "/linux/namespaces/3/type must be listed once: entry 1 is of type uts already",
    ],
  },

  "names of a uts namespace": { config: { hostname: "h", domainname: "d", ...linux(["uts"]) } },
  "names of a joined uts namespace": {
    config: { hostname: "h", linux: { namespaces: [{ type: "uts", path: "/proc/1/ns/uts" }] } },
  },
  "empty names need no namespace": { config: { hostname: "", domainname: "" } },
  "names without a uts namespace": {
    config: { hostname: "h", domainname: "d" },
    faults: [`/hostname ${missing("uts")}`, `/domainname ${missing("uts")}`],
  },

  "clocks of a new time namespace": {
    config: linux(["time"], { timeOffsets: { monotonic: {}, boottime: { secs: 1 } } }),
  },
  "no offsets need no namespace": { config: linux([], { timeOffsets: {} }) },
  "offsets without a time namespace": {
    config: linux([], { timeOffsets: { monotonic: {} } }),
    faults: [`/linux/timeOffsets ${missing("time")}`],
  },
  "offsets of a namespace that others are in": {
    config: { linux: { namespaces: [{ type: "time", path: "/t" }], timeOffsets: { boottime: {} } } },
    faults: ['/linux/timeOffsets must come with a new time namespace: the one at "/t" is joined'],
  },
  "a clock without offset": {
    config: linux(["time"], { timeOffsets: { "real/time": {} } }),
    faults: ['/linux/timeOffsets/real~1time must be named monotonic or boottime: its name is "real/time"'],
  },

  "network devices, renamed and not": { config: nets({ eth0: {}, eth1: { name: "inside0" }, eth2: { name: "" } }) },
  "names that the kernel completes": { config: nets({ eth0: { name: "eth%d" }, eth1: { name: "eth%d" } }) },
  "network devices without a network namespace": {
    config: linux([], { netDevices: { eth0: {} } }),
    faults: [`/linux/netDevices ${missing("network")}`],
  },
  "names that no interface has outside": {
    config: nets({ "": {}, "a b": {}, "a/b": {}, "..": {}, [`e${"x".repeat(15)}`]: {} }),
    faults: [
      `/linux/netDevices/ ${NAME}: its name is ""`,
      `/linux/netDevices/a b ${NAME}: its name is "a b"`,
      `/linux/netDevices/a~1b ${NAME}: its name is "a/b"`,
      `/linux/netDevices/.. ${NAME}: its name is ".."`,
      `/linux/netDevices/exxxxxxxxxxxxxxx ${NAME}: its name is "exxxxxxxxxxxxxxx"`,
    ],
  },
  "names that no interface can have inside": {
    config: nets({ a: { name: "." }, b: { name: "b:0" }, c: { name: "c%s" }, d: { name: "d%d%d" } }),
    faults: [
      `/linux/netDevices/a/name ${NAME}, with at most one %, as %d: it is "."`,
      `/linux/netDevices/b/name ${NAME}, with at most one %, as %d: it is "b:0"`,
      `/linux/netDevices/c/name ${NAME}, with at most one %, as %d: it is "c%s"`,
      `/linux/netDevices/d/name ${NAME}, with at most one %, as %d: it is "d%d%d"`,
    ],
  },
  "a name that another device has": {
    config: nets({ eth0: {}, eth1: { name: "eth0" } }),
    faults: ["/linux/netDevices/eth1/name must differ from the other names inside: eth0 has the name eth0 already"],
  },

  "hidden paths of a mount namespace": {
    config: linux(["mount"], { maskedPaths: ["/proc/kcore"], readonlyPaths: ["/proc/sys"] }),
  },
  "no hidden paths need no namespace": { config: linux([], { maskedPaths: [], readonlyPaths: [] }) },
  "hidden paths without a mount namespace": {
    config: linux([], { maskedPaths: ["/proc/kcore"], readonlyPaths: ["/proc/sys"] }),
    faults: [`/linux/maskedPaths ${missing("mount")}`, `/linux/readonlyPaths ${missing("mount")}`],
  },
});
