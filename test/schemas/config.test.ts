import { test } from "tap";
import { accepts, schema } from "../../dist/generated/config.js";
import { FULL } from "../config/support.ts";
import {
  boolean,
  integer,
  NO_ARRAY,
  NO_TEXT,
  object,
  oneOf,
  type Row,
  required,
  text,
  texts,
  tryRows,
  UINT32,
  unmarred,
  validator,
} from "./support.ts";

const absolutePath: Row = { good: ["/", "/a b/ä"], bad: ["", "a", "./a", ...NO_TEXT] };
const paths: Row = { good: [[], ["/a", "/b"], undefined], bad: [...NO_ARRAY, ["a"], ["/a", ""]] };
const mappings: Row = {
  good: [[], [{ containerID: 0, hostID: 1, size: 2 }], undefined],
  bad: [...NO_ARRAY, [1], [{ containerID: 0, hostID: 1 }], [{ containerID: 0, size: 1 }], [{ hostID: 0, size: 1 }]],
};
const hooks: Row = {
  good: [[], [{ path: "/a" }], undefined],
  bad: [...NO_ARRAY, [{}], [{ path: "a" }], [{ path: "/a", timeout: 0 }]],
};

const CONFIG: Readonly<Record<string, Row>> = {
  "/ociVersion": required(text),
  "/root": required({ good: [{ path: "x" }], bad: [...object.bad, {}] }),
  "/root/path": { good: ["/", "rootfs", "../x"], bad: ["", undefined, ...NO_TEXT] },
  "/root/readonly": boolean,
  "/mounts": { good: [[], [{ destination: "/a" }], undefined], bad: [...NO_ARRAY, [{}], [1]] },
  "/mounts/0/destination": { good: ["/a", "a"], bad: ["", undefined, ...NO_TEXT] },
  "/mounts/0/type": text,
  "/mounts/0/source": text,
  "/mounts/0/options": texts,
  "/mounts/0/uidMappings": mappings,
  "/mounts/0/gidMappings": mappings,
  "/mounts/0/uidMappings/0/containerID": required(UINT32),
  "/mounts/0/uidMappings/0/hostID": required(UINT32),
  "/mounts/0/uidMappings/0/size": required(integer(1, 2 ** 32 - 1)),
  "/hostname": { good: ["", "h".repeat(64), undefined], bad: ["h".repeat(65), ...NO_TEXT] },
  "/domainname": { good: ["", "d".repeat(64), undefined], bad: ["d".repeat(65), ...NO_TEXT] },
  "/hooks": object,
  "/hooks/prestart": hooks,
  "/hooks/createRuntime": hooks,
  "/hooks/createContainer": hooks,
  "/hooks/startContainer": hooks,
  "/hooks/poststart": hooks,
  "/hooks/poststop": hooks,
  "/hooks/prestart/0/path": { ...absolutePath, bad: [...absolutePath.bad, undefined] },
  "/hooks/prestart/0/args": texts,
  "/hooks/prestart/0/env": texts,
  "/hooks/prestart/0/timeout": integer(1, 2 ** 63),
  "/annotations": { good: [{}, { a: "b" }, undefined], bad: [...object.bad, { a: 1 }, { a: ["b"] }] },
  "/annotations/com.example.key": { good: ["", "x", undefined], bad: NO_TEXT },
  "/process": { good: [undefined, { cwd: "/", args: ["a"] }], bad: [...object.bad, {}, { cwd: "/" }, { args: ["a"] }] },
  "/linux": object,
  "/freebsd": object,
  "/solaris": object,
  "/vm": object,
  "/windows": object,
  "/zos": object,
};

const LINUX: Readonly<Record<string, Row>> = {
  "/linux/namespaces": { good: [[], [{ type: "pid" }], undefined], bad: [...NO_ARRAY, [{}], ["pid"]] },
  "/linux/namespaces/0/type": required(oneOf("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time")),
  "/linux/namespaces/0/path": { good: ["/proc/1/ns/net", "", undefined], bad: ["a", "./a", ...NO_TEXT] },
  "/linux/uidMappings": mappings,
  "/linux/gidMappings": mappings,
  "/linux/timeOffsets": { good: [{}, { monotonic: {} }, undefined], bad: [...object.bad, { monotonic: 1 }] },
  "/linux/timeOffsets/monotonic/secs": integer(-(2 ** 63), 2 ** 63),
  "/linux/timeOffsets/monotonic/nanosecs": integer(0, 999_999_999),
  "/linux/devices": { good: [[], [{ type: "p", path: "/f" }], undefined], bad: [...NO_ARRAY, [{}], [{ type: "p" }]] },
  "/linux/devices/0/type": required(oneOf("c", "b", "u", "p")),
  "/linux/devices/0/path": { ...absolutePath, bad: [...absolutePath.bad, undefined] },
  "/linux/devices/0/major": integer(0, 4095),
  "/linux/devices/0/minor": integer(0, 1048575),
  "/linux/devices/0/fileMode": UINT32,
  "/linux/devices/0/uid": UINT32,
  "/linux/devices/0/gid": UINT32,
  "/linux/netDevices": { good: [{}, { eth0: {} }, undefined], bad: [...object.bad, { eth0: "x" }] },
  "/linux/netDevices/eth0/name": text,
  "/linux/cgroupsPath": text,
  "/linux/intelRdt": object,
  "/linux/intelRdt/closID": {
    good: ["", "/", "group", "a.b", "...", undefined],
    bad: [".", "..", "a/b", "//", ...NO_TEXT],
  },
  "/linux/intelRdt/l3CacheSchema": text,
  "/linux/intelRdt/memBwSchema": { good: ["MB:0=20", "", undefined], bad: ["L3:0=f", "MB:0=1\nL3:0=f", ...NO_TEXT] },
  "/linux/intelRdt/schemata": { good: [[], ["L3:0=f", ""], undefined], bad: [...NO_ARRAY, ["a\nb"], [1]] },
  "/linux/intelRdt/enableMonitoring": boolean,
  "/linux/memoryPolicy": { good: [{ mode: "MPOL_LOCAL" }, undefined], bad: [...object.bad, {}] },
  "/linux/memoryPolicy/mode": required(
    oneOf(
      "MPOL_DEFAULT",
      "MPOL_BIND",
      "MPOL_INTERLEAVE",
      "MPOL_WEIGHTED_INTERLEAVE",
      "MPOL_PREFERRED",
      "MPOL_PREFERRED_MANY",
      "MPOL_LOCAL",
    ),
  ),
  "/linux/memoryPolicy/nodes": text,
  "/linux/memoryPolicy/flags": { good: [[], undefined], bad: NO_ARRAY },
  "/linux/memoryPolicy/flags/0": {
    good: ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"],
    bad: ["", "MPOL_F_X", 1],
  },
  "/linux/sysctl": { good: [{}, { a: "" }, undefined], bad: [...object.bad, { a: 1 }] },
  "/linux/rootfsPropagation": oneOf(
    "shared",
    "slave",
    "private",
    "unbindable",
    "rshared",
    "rslave",
    "rprivate",
    "runbindable",
  ),
  "/linux/maskedPaths": paths,
  "/linux/readonlyPaths": paths,
  "/linux/mountLabel": text,
  "/linux/personality": { good: [{ domain: "LINUX" }, undefined], bad: [...object.bad, {}] },
  "/linux/personality/domain": required(oneOf("LINUX", "LINUX32")),
  "/linux/personality/flags": { good: [[], undefined], bad: [...NO_ARRAY, ["ADDR_NO_RANDOMIZE"]] },
};

const whole = validator("config");

test("config.json, properties of every platform", (t) => {
  tryRows(t, FULL, CONFIG, [whole, accepts, unmarred(schema)]);
  t.end();
});

test("config.json, properties of Linux", (t) => {
  tryRows(t, FULL, LINUX, [whole, accepts, unmarred(schema)]);
  t.end();
});

test("no string that the kernel gets may hold NUL, by the schema alone", (t) => {
  const nul: Row = { good: [], bad: ["a\0b", "\0"] };
  const pointers = [
    ["/root/path", "/mounts/0/destination", "/mounts/0/type", "/mounts/0/source", "/mounts/0/options/0", "/hostname"],
    ["/domainname", "/hooks/prestart/0/args/0", "/hooks/poststop/0/env/0", "/process/args/0", "/process/env/0"],
    ["/process/apparmorProfile", "/process/selinuxLabel", "/linux/cgroupsPath", "/linux/mountLabel"],
    ["/linux/sysctl/kernel.msgmax", "/linux/seccomp/listenerPath", "/linux/seccomp/syscalls/0/names/0"],
    ["/linux/intelRdt/closID", "/linux/intelRdt/schemata/0", "/linux/netDevices/eth0/name"],
  ].flat();
  tryRows(t, FULL, Object.fromEntries(pointers.map((pointer) => [pointer, nul])), [whole]);
  const path: Row = { good: [], bad: ["/a\0b"] };
  const absolute = ["/process/cwd", "/hooks/prestart/0/path", "/linux/namespaces/1/path", "/linux/maskedPaths/0"];
  tryRows(t, FULL, Object.fromEntries(absolute.map((pointer) => [pointer, path])), [whole]);
  t.end();
});
