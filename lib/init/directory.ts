/** The directory the user's program starts in: inside the container's root, whatever the image and the caller have prepared. */
import { E } from "../linux/errno.ts";
import { AT } from "../linux/fcntl.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec, ProcessSpec } from "../spec/container-spec.ts";
import { isBelow } from "../spec/mount-place.ts";
import { cleanPath } from "../spec/paths.ts";
import { openTarget } from "./targets.ts";

const PATH_MAX = 4096;

/**
 * Makes `process.cwd`, if it is missing, in a root that is about to become read-only. What lies in a mount, and what can't be made,
 * is left for those who enter it.
 */
export function prepareDirectory({ root, mounts, process }: ContainerSpec): Step[] {
  if (!root.readonly || process === undefined || process.cwd === "/") return [];
  const cwd = cleanPath(process.cwd);
  if (isBelow(`${cwd}/`, new Set(mounts.map(({ destination }) => destination)))) return [];
  const doing = `make cwd ${JSON.stringify(process.cwd)}`;
  const directory = slot("cwd");
  return [
    {
      op: "attempt",
      steps: [openTarget(doing, cwd, directory), call(doing, "close", [directory])],
      on: "any",
      otherwise: [],
    },
  ];
}

/**
 * Enters `process.cwd` as the container's root, and, if `make` says so, makes it first if it is missing, as engines expect of
 * `create`. `denied` is left non-zero where even root may not enter (a network file system), for the user to try.
 */
export function enterDirectory({ cwd }: ProcessSpec, denied: Slot, make: boolean): Step[] {
  const enter = call(`chdir to cwd ${JSON.stringify(cwd)}`, "chdir", [cwd], {
    result: denied,
    tolerate: [E.EACCES, E.EPERM],
  });
  if (!make) return [enter];
  const names = cwd.split("/").filter((name) => name !== "");
  const missing = names.map((_, index) => {
    const path = `/${names.slice(0, index + 1).join("/")}`;
    return call(`make cwd ${JSON.stringify(cwd)}`, "mkdirat", [AT.FDCWD, path, 0o755], { tolerate: [E.EEXIST] });
  });
  return [{ op: "attempt", steps: [enter], on: [E.ENOENT], otherwise: [...missing, enter] }];
}

/**
 * The user's try, where root was denied; then the proof that the directory lies inside the root: the kernel gives the path of
 * one that does not as "(unreachable)/…" (CVE-2024-21626).
 */
export function verifyDirectory({ cwd }: ProcessSpec, denied: Slot): Step[] {
  const path = buffer("current directory", PATH_MAX);
  const doing = `chdir to cwd ${JSON.stringify(cwd)}`;
  return [
    { op: "when", value: denied, equals: 0, then: [], otherwise: [call(doing, "chdir", [cwd])] },
    call(doing, "getcwd", [path, PATH_MAX]),
    {
      op: "when",
      value: at(path, 0),
      mask: 0xff,
      equals: 0x2f,
      then: [],
      otherwise: [{ op: "fail", doing: `${doing}: it is outside the container's root`, errno: E.EPERM }],
    },
  ];
}
