import { test } from "tap";
import { accepts, schema } from "../../dist/generated/config.js";
import { FULL } from "../config/support.ts";
import {
  integer,
  NO_ARRAY,
  object,
  oneOf,
  type Row,
  required,
  text,
  texts,
  tryRows,
  UINT16,
  UINT64,
  unmarred,
  validator,
} from "./support.ts";

const action = oneOf(
  "SCMP_ACT_KILL",
  "SCMP_ACT_KILL_PROCESS",
  "SCMP_ACT_KILL_THREAD",
  "SCMP_ACT_TRAP",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_TRACE",
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_LOG",
  "SCMP_ACT_NOTIFY",
);
const ARCHITECTURES = [
  ...[
    "X86",
    "X86_64",
    "X32",
    "ARM",
    "AARCH64",
    "MIPS",
    "MIPS64",
    "MIPS64N32",
    "MIPSEL",
    "MIPSEL64",
    "MIPSEL64N32",
    "PPC",
  ],
  ...["PPC64", "PPC64LE", "S390", "S390X", "PARISC", "PARISC64", "RISCV64", "LOONGARCH64", "M68K", "SH", "SHEB"],
].map((name) => `SCMP_ARCH_${name}`);
const FLAGS = ["TSYNC", "LOG", "SPEC_ALLOW", "WAIT_KILLABLE_RECV"].map((name) => `SECCOMP_FILTER_FLAG_${name}`);
const operator = oneOf(
  "SCMP_CMP_NE",
  "SCMP_CMP_LT",
  "SCMP_CMP_LE",
  "SCMP_CMP_EQ",
  "SCMP_CMP_GE",
  "SCMP_CMP_GT",
  "SCMP_CMP_MASKED_EQ",
);

const SECCOMP: Readonly<Record<string, Row>> = {
  "/linux/seccomp": { good: [{ defaultAction: "SCMP_ACT_LOG" }, undefined], bad: [...object.bad, {}] },
  "/linux/seccomp/defaultAction": required(action),
  "/linux/seccomp/defaultErrnoRet": UINT16,
  "/linux/seccomp/architectures": { good: [[], ARCHITECTURES, undefined], bad: [...NO_ARRAY, ["X86"], [1]] },
  "/linux/seccomp/flags": { good: [[], FLAGS, undefined], bad: [...NO_ARRAY, ["SECCOMP_FILTER_FLAG_X"], [1]] },
  "/linux/seccomp/listenerPath": text,
  "/linux/seccomp/listenerMetadata": text,
  "/linux/seccomp/syscalls": {
    good: [[], undefined],
    bad: [...NO_ARRAY, [{ names: ["a"] }], [{ action: "SCMP_ACT_LOG" }]],
  },
  "/linux/seccomp/syscalls/0/names": { good: [["a", "b"]], bad: [...texts.bad, [], undefined] },
  "/linux/seccomp/syscalls/0/action": required(action),
  "/linux/seccomp/syscalls/0/errnoRet": UINT16,
  "/linux/seccomp/syscalls/0/args": { good: [[], undefined], bad: [...NO_ARRAY, [{ index: 0, value: 0 }], [{}]] },
  "/linux/seccomp/syscalls/0/args/0/index": required(integer(0, 5)),
  "/linux/seccomp/syscalls/0/args/0/value": required(UINT64),
  "/linux/seccomp/syscalls/0/args/0/valueTwo": UINT64,
  "/linux/seccomp/syscalls/0/args/0/op": required(operator),
};

test("seccomp.json", (t) => {
  tryRows(t, FULL, SECCOMP, [validator("config"), accepts, unmarred(schema)]);
  t.end();
});
