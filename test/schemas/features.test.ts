import { test } from "tap";
import { NO_ARRAY, NO_BOOLEAN, NO_OBJECT, NO_TEXT, type Row, tryRows, validator } from "./support.ts";

const names: Row = { good: [[], ["x"], null, undefined], bad: [...NO_ARRAY, [1]] };
const flag: Row = { good: [true, false, null, undefined], bad: NO_BOOLEAN };
const part: Row = { good: [{}, { unknown: 1 }, null, undefined], bad: NO_OBJECT };
const version: Row = { good: ["1.0.0"], bad: [undefined, null, ...NO_TEXT] };

const ENABLED = { enabled: true };
const FEATURES = {
  ociVersionMin: "1.0.0",
  ociVersionMax: "1.3.0",
  linux: {
    cgroup: {},
    seccomp: {},
    apparmor: ENABLED,
    selinux: ENABLED,
    memoryPolicy: {},
    intelRdt: {},
    mountExtensions: { idmap: ENABLED },
    netDevices: ENABLED,
  },
};

const ROWS: Readonly<Record<string, Row>> = {
  "/ociVersionMin": version,
  "/ociVersionMax": version,
  "/hooks": names,
  "/mountOptions": names,
  "/annotations": { good: [{}, { a: "" }, null, undefined], bad: [...NO_OBJECT, { a: 1 }] },
  "/potentiallyUnsafeConfigAnnotations": names,
  "/linux": part,
  "/linux/namespaces": names,
  "/linux/capabilities": names,
  "/linux/cgroup": part,
  ...Object.fromEntries(["v1", "v2", "systemd", "systemdUser", "rdma"].map((name) => [`/linux/cgroup/${name}`, flag])),
  "/linux/seccomp": part,
  "/linux/seccomp/enabled": flag,
  "/linux/seccomp/actions": names,
  "/linux/seccomp/operators": names,
  "/linux/seccomp/archs": names,
  "/linux/seccomp/knownFlags": names,
  "/linux/seccomp/supportedFlags": names,
  "/linux/apparmor": part,
  "/linux/apparmor/enabled": flag,
  "/linux/selinux": part,
  "/linux/selinux/enabled": flag,
  "/linux/memoryPolicy": part,
  "/linux/memoryPolicy/modes": names,
  "/linux/memoryPolicy/flags": names,
  "/linux/intelRdt": part,
  "/linux/intelRdt/enabled": flag,
  "/linux/intelRdt/schemata": flag,
  "/linux/intelRdt/monitoring": flag,
  "/linux/mountExtensions": part,
  "/linux/mountExtensions/idmap": part,
  "/linux/mountExtensions/idmap/enabled": flag,
  "/linux/netDevices": part,
  "/linux/netDevices/enabled": flag,
};

test("features.json", (t) => {
  tryRows(t, FEATURES, ROWS, [validator("features")]);
  t.end();
});
