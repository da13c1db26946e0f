import { test } from "tap";
import { accepts, schema } from "../../dist/generated/resources.js";
import { FULL } from "../config/support.ts";
import {
  boolean,
  INT64,
  integer,
  NO_ARRAY,
  NO_TEXT,
  object,
  oneOf,
  type Row,
  required,
  text,
  tryRows,
  UINT16,
  UINT32,
  UINT64,
  unmarred,
  validator,
} from "./support.ts";

const limit = integer(-1, 2 ** 63);
const throttles: Row = {
  good: [[], [{ major: 0, minor: 0, rate: 0 }], undefined],
  bad: [...NO_ARRAY, [{ major: 0, minor: 0 }], [{ major: 0, rate: 0 }], [{ minor: 0, rate: 0 }]],
};

const RESOURCES: Readonly<Record<string, Row>> = {
  "/devices": { good: [[], [{ allow: false }], undefined], bad: [...NO_ARRAY, [{}]] },
  "/devices/0/allow": required(boolean),
  "/devices/0/type": oneOf("a", "b", "c"),
  "/devices/0/major": integer(-1, 2 ** 32 - 1),
  "/devices/0/minor": integer(-1, 2 ** 32 - 1),
  "/devices/0/access": { good: ["r", "rmw", "", undefined], bad: ["x", "rw ", ...NO_TEXT] },
  "/memory": object,
  "/memory/limit": { good: [...limit.good, 2 ** 63 - 4096, 0], bad: limit.bad },
  "/memory/reservation": limit,
  "/memory/swap": limit,
  "/memory/kernel": limit,
  "/memory/kernelTCP": limit,
  "/memory/swappiness": integer(0, 100),
  "/memory/disableOOMKiller": boolean,
  "/memory/useHierarchy": boolean,
  "/memory/checkBeforeUpdate": boolean,
  "/cpu": object,
  "/cpu/shares": UINT64,
  "/cpu/quota": INT64,
  "/cpu/burst": UINT64,
  "/cpu/period": UINT64,
  "/cpu/realtimeRuntime": INT64,
  "/cpu/realtimePeriod": UINT64,
  "/cpu/cpus": text,
  "/cpu/mems": text,
  "/cpu/idle": integer(0, 1),
  "/pids": object,
  "/pids/limit": INT64,
  "/blockIO": object,
  "/blockIO/weight": UINT16,
  "/blockIO/leafWeight": UINT16,
  "/blockIO/weightDevice": { good: [[], undefined], bad: [...NO_ARRAY, [{ major: 0 }], [{ minor: 0 }]] },
  "/blockIO/weightDevice/0/major": required(integer(0, 4095)),
  "/blockIO/weightDevice/0/minor": required(integer(0, 1048575)),
  "/blockIO/weightDevice/0/weight": UINT16,
  "/blockIO/weightDevice/0/leafWeight": UINT16,
  "/blockIO/throttleReadBpsDevice": throttles,
  "/blockIO/throttleWriteBpsDevice": throttles,
  "/blockIO/throttleReadIOPSDevice": throttles,
  "/blockIO/throttleWriteIOPSDevice": throttles,
  "/blockIO/throttleReadBpsDevice/0/rate": required(UINT64),
  "/hugepageLimits": { good: [[], undefined], bad: [...NO_ARRAY, [{ limit: 1 }], [{ pageSize: "2MB" }]] },
  "/hugepageLimits/0/pageSize": {
    good: ["64KB", "2MB", "1GB"],
    bad: ["64kB", "2M", "0MB", "MB", undefined, ...NO_TEXT],
  },
  "/hugepageLimits/0/limit": required(UINT64),
  "/network": object,
  "/network/classID": UINT32,
  "/network/priorities": { good: [[], undefined], bad: [...NO_ARRAY, [{ name: "a" }], [{ priority: 1 }]] },
  "/network/priorities/0/name": required(text),
  "/network/priorities/0/priority": required(UINT32),
  "/rdma": { good: [{}, { a: {} }, undefined], bad: [...object.bad, { a: 1 }] },
  "/rdma/mlx5_1/hcaHandles": UINT32,
  "/rdma/mlx5_1/hcaObjects": UINT32,
  "/unified": { good: [{}, { "memory.high": "1" }, undefined], bad: [...object.bad, { "memory.high": 1 }] },
};

test("resources.json", (t) => {
  tryRows(t, FULL.linux.resources, RESOURCES, [validator("resources"), accepts, unmarred(schema)]);
  t.end();
});

test("what engines send to change nothing is valid", (t) => {
  const zeros = {
    memory: { limit: 0, reservation: 0, swap: 0 },
    cpu: { shares: 0, quota: 0, period: 0 },
    blockIO: { weight: 0 },
  };
  t.ok(accepts(zeros));
  t.end();
});
