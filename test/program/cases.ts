/** Programs that are run on each machine, and what is seen of them. */
import { test } from "tap";
import { call, type Step } from "../../lib/program/step.ts";
import { encode, MACHINES, run } from "./run.ts";

export const say = (text: string): Step => call(`say ${text}`, "write", [1, text, encode(text).length]);
export const exit = (status: number): Step => call("exit", "exit_group", [status]);
/** A call that fails with EBADF. */
export const BAD = call("close nothing", "close", [1000]);
export const fail = (errno: number): Step => ({ op: "fail", doing: "fail", errno });
/** 64-bit numbers as they stand in memory. */
export const numbers = (...values: bigint[]): Buffer => Buffer.from(new BigUint64Array(values).buffer);
export const AT_FDCWD = -100;

export interface Case {
  readonly name: string;
  readonly steps: () => Step[];
  readonly stdout?: string | Buffer;
  readonly status?: number;
  /** As index and errno; the first step maps the page. */
  readonly report?: readonly [number, number];
  /** qemu-user knows no clone3(2), and no filters. */
  readonly native?: true;
}

/** A test of each case, on each machine. */
export function runs(cases: readonly Case[]): void {
  for (const { machine, skip, native } of MACHINES) {
    for (const { name, steps, stdout = "", status = 0, report, native: needsNative } of cases) {
      const reason = needsNative && !native ? "qemu-user does not know this" : skip;
      test(`${machine}: ${name}`, { skip: reason }, (t) => {
        const outcome = run(steps(), machine);
        if (typeof stdout === "string") t.equal(outcome.stdout.toString(), stdout);
        else t.equal(outcome.stdout.toString("hex"), stdout.toString("hex"));
        t.equal(outcome.status, status);
        t.strictSame(outcome.report, report && { index: report[0], errno: report[1] });
        t.end();
      });
    }
  }
}
