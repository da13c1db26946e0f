import { test } from "tap";
import { parseProcess } from "../../lib/config/load-process.ts";
import { FULL, faultsOf } from "./support.ts";

test("a process file is the process of a config", (t) => {
  t.strictSame(parseProcess(JSON.stringify(FULL.process), "process.json"), FULL.process);
  const text =
    '{"cwd": "/", "args": ["a"], "env": null, "rlimits": [{"type": "RLIMIT_AS", "soft": 0, "hard": 18446744073709551615}]}';
  t.strictSame(parseProcess(text, "process.json"), {
    cwd: "/",
    args: ["a"],
    rlimits: [{ type: "RLIMIT_AS", soft: 0, hard: 0xffff_ffff_ffff_ffffn }],
  });
  t.end();
});

test("pointers begin at the process", (t) => {
  const process = { ...FULL.process, cwd: "here", user: { uid: 4294967295, gid: 0 }, env: ["A=\0"] };
  t.strictSame(faultsOf(parseProcess, JSON.stringify(process)), [
    "/user/uid must be below 4294967295, which stands for no id: it is 4294967295",
    '/env/0 must hold no NUL: it is "A=\\u0000"',
    '/cwd must be an absolute path: it is "here"',
  ]);
  t.strictSame(faultsOf(parseProcess, "{}"), [
    "/cwd must be an absolute path: it is missing",
    "/args must be an array of at least 1 entry: it is missing",
  ]);
  t.end();
});
