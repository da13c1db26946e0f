/** The numbers that the probe needs: read from the C headers of this machine, whatever its architecture. */
import { execFileSync } from "node:child_process";
import { constants } from "node:os";

const headers = execFileSync("gcc", ["-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"], {
  encoding: "utf8",
});

/** System call numbers by name: `getpgrp` → 111. */
export const SYSCALL: Readonly<Record<string, number>> = Object.fromEntries(
  [...headers.matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name, number]) => [name, Number(number)]),
);

export const ERRNO = constants.errno;
