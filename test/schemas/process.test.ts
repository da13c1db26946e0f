import { test } from "tap";
import { accepts, schema } from "../../dist/generated/process.js";
import { FULL } from "../config/support.ts";
import {
  boolean,
  INT32,
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
  UINT64,
  unmarred,
  validator,
} from "./support.ts";

const size = required(UINT64);

const PROCESS: Readonly<Record<string, Row>> = {
  "/terminal": boolean,
  "/consoleSize": { good: [{ height: 1, width: 1 }, undefined], bad: [...object.bad, {}, { height: 1 }] },
  "/consoleSize/height": size,
  "/consoleSize/width": size,
  "/user": { good: [{ uid: 0, gid: 0 }, undefined], bad: [...object.bad, {}, { uid: 0 }, { gid: 0 }] },
  "/user/uid": required(UINT32),
  "/user/gid": required(UINT32),
  "/user/umask": UINT32,
  "/user/additionalGids": { good: [[], [0, 4294967295], undefined], bad: [...NO_ARRAY, [-1], ["0"]] },
  "/args": { good: [["a"], ["", ""]], bad: [[], undefined, ...NO_ARRAY, [1]] },
  "/env": texts,
  "/cwd": { good: ["/", "/a"], bad: ["", "a", undefined, ...NO_TEXT] },
  "/capabilities": object,
  "/capabilities/bounding": texts,
  "/capabilities/effective": texts,
  "/capabilities/inheritable": texts,
  "/capabilities/permitted": texts,
  "/capabilities/ambient": texts,
  "/rlimits": { good: [[], undefined], bad: [...NO_ARRAY, [{}], [{ type: "RLIMIT_AS", soft: 1 }]] },
  "/rlimits/0/type": required(
    oneOf(
      "RLIMIT_AS",
      "RLIMIT_CORE",
      "RLIMIT_CPU",
      "RLIMIT_DATA",
      "RLIMIT_FSIZE",
      "RLIMIT_LOCKS",
      "RLIMIT_MEMLOCK",
      "RLIMIT_MSGQUEUE",
      "RLIMIT_NICE",
      "RLIMIT_NOFILE",
      "RLIMIT_NPROC",
      "RLIMIT_RSS",
      "RLIMIT_RTPRIO",
      "RLIMIT_RTTIME",
      "RLIMIT_SIGPENDING",
      "RLIMIT_STACK",
    ),
  ),
  "/rlimits/0/soft": required(UINT64),
  "/rlimits/0/hard": required(UINT64),
  "/noNewPrivileges": boolean,
  "/apparmorProfile": text,
  "/selinuxLabel": text,
  "/oomScoreAdj": integer(-1000, 1000),
  "/scheduler": { good: [{ policy: "SCHED_OTHER" }, undefined], bad: [...object.bad, {}] },
  "/scheduler/policy": required(
    oneOf("SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"),
  ),
  "/scheduler/nice": INT32,
  "/scheduler/priority": INT32,
  "/scheduler/flags": { good: [[], undefined], bad: [...NO_ARRAY, ["SCHED_FLAG_X"], [1]] },
  "/scheduler/flags/0": {
    good: [
      "RESET_ON_FORK",
      "RECLAIM",
      "DL_OVERRUN",
      "KEEP_POLICY",
      "KEEP_PARAMS",
      "UTIL_CLAMP_MIN",
      "UTIL_CLAMP_MAX",
    ].map((name) => `SCHED_FLAG_${name}`),
    bad: ["", "SCHED_FLAG_X", 1],
  },
  "/scheduler/runtime": UINT64,
  "/scheduler/deadline": UINT64,
  "/scheduler/period": UINT64,
  "/ioPriority": { good: [undefined], bad: [...object.bad, {}] },
  "/ioPriority/class": required(oneOf("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE")),
  "/ioPriority/priority": required(integer(0, 7)),
  "/execCPUAffinity": object,
  "/execCPUAffinity/initial": text,
  "/execCPUAffinity/final": text,
};

test("process.json", (t) => {
  tryRows(t, FULL.process, PROCESS, [validator("process"), accepts, unmarred(schema)]);
  t.end();
});
