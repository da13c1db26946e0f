/** One validation program of opencontainers/runtime-tools, run against one runtime, and cleaned up after. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Parser, type Result } from "tap-parser";
import { clear } from "../../test/support/clear.ts";
import { PATH } from "../../test/support/command.ts";
import { hierarchies } from "../../test/support/host.ts";
import { scratch, uniqueName } from "../../test/support/scratch.ts";
import type { Runtime } from "../support/runtime.ts";
import { HIDE_UNIFIED } from "../support/v1.ts";

export interface Outcome {
  readonly program: string;
  readonly runtime: string;
  /** A program that only skips is skipped. Some make no test point: they have passed if they complain of nothing. */
  readonly verdict: "passed" | "failed" | "skipped";
  readonly points: readonly Result[];
  /** What it said outside of any test point: some programs make none, and say so what is wrong. */
  readonly complaints: readonly string[];
  /** How it ended, where that was not as it should: `not done after 60 seconds`, `exit 1`. */
  readonly end: string;
  readonly stderr: string;
}

/** The programs that the user has built: `validation/kill/kill.t`. */
export function programs(checkout: string): string[] {
  return readdirSync(join(checkout, "validation"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".t"))
    .map((name) => join(checkout, "validation", name))
    .sort();
}

/**
 * Runs $0 with a time limit of $1 seconds, then deletes what containers there are in the state directory $2 by the runtime $3.
 * With it end the namespaces of pids and mounts: what neither did away with goes.
 */
const SCRIPT = `
if [ -n "$4" ]; then ${HIDE_UNIFIED}; fi
timeout --kill-after=5 "$1" "$0"
code=$?
for state in "$2"/*/; do
  if [ -d "$state" ]; then timeout 10 "$3" --root "$2" delete --force "$(basename "$state")" >/dev/null 2>&1; fi
done
exit $code
`;

/** Of timeout(1): the limit was reached; the program had to be killed. */
const LATE = [124, 137];

/** A process that does not get out of namespaces of its own: programs of the suite kill, hang, and mount where they should not. */
const ALONE = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

/** Cgroups above those of the suite's containers, which runtimes leave. */
const PARENTS = ["testdir/cgrouptest", "testdir"];

function removeIfEmpty(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {
    // There is none, or somebody uses it.
  }
}

export interface Conditions {
  /** Seconds that a program may take. */
  readonly limit: number;
  /** Whether the cgroup2 mount of a hybrid machine is hidden. */
  readonly v1: boolean;
}

/** Runs one program against one runtime. */
export async function validate(
  checkout: string,
  program: string,
  runtime: Runtime,
  { limit, v1 }: Conditions,
): Promise<Outcome> {
  // What the program and the runtime make lies here, and is found by this name.
  const place = join(scratch, uniqueName());
  const state = join(place, "state");
  const wrapper = join(place, runtime.name);
  mkdirSync(join(place, "tmp"), { recursive: true });
  // The root of a user namespace is to get to the bundles.
  chmodSync(scratch, 0o711);
  // The suite knows no --root; without one, a container of its would be among the machine's own.
  writeFileSync(wrapper, `#!/bin/sh\nexec "${runtime.path}" --root "${state}" "$@"\n`, { mode: 0o755 });

  const child = spawn(
    "unshare",
    [...ALONE, "sh", "-c", SCRIPT, program, String(limit), state, runtime.path, v1 ? "v1" : ""],
    {
      cwd: checkout,
      env: { PATH, RUNTIME: wrapper, TMPDIR: join(place, "tmp"), HOME: "/root" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [{ points, complaints }, stderr, code] = await Promise.all([
    results(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1))),
  ]);
  await clear(basename(place));
  for (const path of PARENTS.flatMap((name) => hierarchies().map(({ path }) => join(path, name)))) removeIfEmpty(path);
  rmSync(place, { recursive: true, force: true });

  const end = LATE.includes(code) ? `not done after ${limit} seconds` : code === 0 ? "" : `exit ${code}`;
  const said = { points, complaints, end };
  return { program: basename(program, ".t"), runtime: runtime.name, verdict: verdict(said), ...said, stderr };
}

type Said = Pick<Outcome, "points" | "complaints" | "end">;

function verdict({ points, complaints, end }: Said): Outcome["verdict"] {
  if (end !== "" || complaints.length > 0 || points.some(({ ok }) => !ok)) return "failed";
  return points.length > 0 && points.every(({ skip }) => skip) ? "skipped" : "passed";
}

/** `"error": "…"` in a block of YAML that belongs to no test point. */
const COMPLAINT = /"error": ("(?:[^"\\]|\\.)*")/;

/** What a TAP stream says, in its order. */
function results(stream: NodeJS.ReadableStream): Promise<Pick<Said, "points" | "complaints">> {
  const points: Result[] = [];
  const complaints: string[] = [];
  const parser = new Parser();
  parser.on("assert", (point: Result) => points.push(point));
  parser.on("extra", (text: string) => {
    const [, complaint] = COMPLAINT.exec(text) ?? [];
    if (complaint !== undefined) complaints.push(JSON.parse(complaint));
  });
  return new Promise((resolve) => {
    parser.on("complete", () => resolve({ points, complaints }));
    stream.pipe(parser);
  });
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
