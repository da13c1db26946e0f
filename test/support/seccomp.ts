/** Profiles for the tests, and what real system calls come to under them. */
import type { Test } from "tap";
import type { Config } from "./bundle.ts";
import { inside } from "./container.ts";

/** A profile that allows all but what its rules are about. */
export const only = (...syscalls: object[]) => ({ defaultAction: "SCMP_ACT_ALLOW", syscalls });

/** What the probe tells of `calls`, made one after the other under `seccomp`. */
export async function results(t: Test, seccomp: Config, calls: readonly string[]): Promise<string[]> {
  return (await inside(t, `exec probe call ${calls.join(" - ")}`, { linux: { seccomp } })).split("\n");
}
