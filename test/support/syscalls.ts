/** The numbers that the probe needs: read from the C headers of this machine, whatever its architecture. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { scratch } from "./scratch.ts";

/** A file with the macros of <sys/syscall.h>, made once for all tests. @returns its path */
export function systemCallNumbers(): string {
  const path = join(scratch, "syscall.macros");
  if (existsSync(path)) return path;
  const unfinished = `${path}-${process.pid}`;
  const options = ["-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"];
  writeFileSync(unfinished, execFileSync("gcc", options));
  renameSync(unfinished, path);
  return path;
}

/** System call numbers by name: `getpgrp` → 111. */
export const SYSCALL: Readonly<Record<string, number>> = Object.fromEntries(
  [...readFileSync(systemCallNumbers(), "utf8").matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name, number]) => [
    name,
    Number(number),
  ]),
);

export const ERRNO = constants.errno;
