/** Finds the program that is to be executed, as execvp(3) would, while `create` can still say that it is not there. */

import { E } from "../linux/errno.ts";
import { ACCESS, AT } from "../linux/fcntl.ts";
import { S, STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ProcessSpec } from "../spec/container-spec.ts";

/** Steps that leave the address of the program's path in `found`; they run as the user, in the user's directory. */
export function findExecutable({ args, env }: ProcessSpec, found: Slot): Step[] {
  const name = args[0] as string;
  const doing = `exec: ${JSON.stringify(name)}`;
  if (name.includes("/")) {
    // What execve(2) answers, by which engines tell their exit status, and what newer ones look for.
    const directory: Step = { op: "fail", doing: `${doing}: is a directory`, errno: E.EACCES };
    return [...checkExecutable(name, doing, directory), { op: "assign", slot: found, value: name }];
  }

  const denied = slot("a candidate was denied");
  const candidate = slot("candidate");
  // As execvp(3): a file that may not be executed is remembered while the search goes on.
  const remember: Step[] = [
    { op: "assign", slot: denied, value: 1 },
    { op: "fail", doing, errno: E.EACCES },
  ];
  const steps = checkExecutable(candidate, doing, { op: "fail", doing, errno: E.EISDIR });
  const check: Step = { op: "attempt", steps, on: [E.EACCES], otherwise: remember };
  const take: Step = { op: "assign", slot: found, value: candidate };
  const search: Step = {
    op: "when",
    value: found,
    equals: 0,
    then: [{ op: "attempt", steps: [check, take], on: "any", otherwise: [] }],
  };
  const items = searchPath(env).map((directory) => [`${directory}/${name}`]);
  const notFound: Step[] = [
    { op: "when", value: denied, equals: 1, then: [{ op: "fail", doing, errno: E.EACCES }] },
    { op: "fail", doing: `${doing}: executable file not found in $PATH`, errno: E.ENOENT },
  ];
  return [
    { op: "each", items, into: [candidate], steps: [search] },
    { op: "when", value: found, equals: 0, then: notFound },
  ];
}

/** The directories of PATH in `env`; an empty one means the current directory. No PATH: nothing is found. */
function searchPath(env: readonly string[]): string[] {
  const path = env.find((variable) => variable.startsWith("PATH="))?.slice("PATH=".length);
  return path ? path.split(":").map((directory) => directory || ".") : [];
}

function checkExecutable(path: string | Slot, doing: string, directory: Step): Step[] {
  const status = buffer("statx", STATX_SIZE);
  return [
    call(doing, "statx", [AT.FDCWD, path, 0, STATX.TYPE, status]),
    {
      op: "when",
      value: at(status, STATX_OFFSET.mode),
      mask: S.IFMT,
      equals: S.IFDIR,
      then: [directory],
    },
    call(doing, "faccessat2", [AT.FDCWD, path, ACCESS.X_OK, AT.EACCESS]),
  ];
}
