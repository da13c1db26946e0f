/** Why execve(2) has refused a program: what its errno alone does not say. Asked when it has happened, at no other time. */

import { elfProgram } from "../linux/elf.ts";
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import { MACHINE } from "../linux/machine.ts";
import { AUDIT_ARCH, SECCOMP_RET } from "../linux/seccomp.ts";
import { syscallNumber } from "../linux/syscalls.ts";
import { answer } from "../seccomp/answer.ts";
import { ACTIONS } from "../seccomp/profile.ts";
import { decode } from "../sys/ffi.ts";
import { close, type Fd, openIfExists } from "../sys/file.ts";
import { beginningOf } from "./image-files.ts";

/** What was to be executed. */
export interface Program {
  /** The container's root, as the host sees it; what is mounted in the container may not be there any more. */
  readonly root: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly filter: Uint8Array | undefined;
}

/** How much of a file is looked at. */
const HEAD = 8192;

/**
 * The reason as a clause; undefined when there is no more to say.
 * @param errno of execve(2), undefined when the process was killed by it
 */
export function whyNotExecuted(program: Program, errno: number | undefined): string | undefined {
  const action = actionOnExecve(program.filter);
  if (action !== undefined) return `linux.seccomp answers execve with ${action}`;
  if (errno !== E.ENOENT && errno !== E.ENOEXEC && errno !== E.EACCES) return undefined;
  const root = openIfExists(program.root, O.PATH | O.DIRECTORY);
  if (root === undefined) return undefined;
  try {
    const head = pathsOf(program)
      .map((path) => beginningOf(root, path, HEAD))
      .find((found) => found !== undefined);
    return head && whatIsWrong(root, head, errno);
  } finally {
    close(root);
  }
}

/** The filter's answer, if it is another than to let the call pass. */
function actionOnExecve(filter: Uint8Array | undefined): string | undefined {
  const nr = syscallNumber(MACHINE, "execve");
  if (filter === undefined || nr === undefined) return undefined;
  const arch = MACHINE === "x86-64" ? AUDIT_ARCH.X86_64 : AUDIT_ARCH.AARCH64;
  try {
    const data = 0xffff;
    const action = (answer(filter, { arch, nr }) & ~data) >>> 0;
    if (action === SECCOMP_RET.ALLOW || action === SECCOMP_RET.LOG) return undefined;
    return Object.keys(ACTIONS).find((name) => ACTIONS[name as keyof typeof ACTIONS] === action);
  } catch {
    // A filter of somebody else's may have instructions that libseccomp makes none of.
    return undefined;
  }
}

/** Where the program may be, in the container. */
function pathsOf({ args: [name = ""], env, cwd }: Program): string[] {
  if (name.startsWith("/")) return [name];
  if (name.includes("/")) return [`${cwd}/${name}`];
  const path = env.find((variable) => variable.startsWith("PATH="))?.slice("PATH=".length) ?? "";
  return path.split(":").map((directory) => `${directory || cwd}/${name}`);
}

function whatIsWrong(root: Fd, head: Uint8Array, errno: number): string | undefined {
  const elf = elfProgram(head);
  if (elf === undefined) return wrongScript(root, head, errno);
  if (errno === E.ENOEXEC && elf.machine !== MACHINE) {
    return `it is a program for ${elf.machine}, and this machine is ${MACHINE}`;
  }
  const { interpreter } = elf;
  if (errno !== E.ENOENT || interpreter === undefined || beginningOf(root, interpreter, HEAD) !== undefined)
    return undefined;
  return `its dynamic loader ${JSON.stringify(interpreter)} is not in the container`;
}

function wrongScript(root: Fd, head: Uint8Array, errno: number): string | undefined {
  const end = head.indexOf(10);
  const line = decode(head, 0, end < 0 ? Math.min(head.length, 256) : end);
  if (!line.startsWith("#!")) {
    return errno === E.ENOEXEC ? "it is no ELF program, and no script that begins with #!" : undefined;
  }
  if (line.endsWith("\r"))
    return `its first line ${JSON.stringify(line)} ends with CR LF, as on Windows: the CR is taken for a part of the name`;
  const interpreter = line.slice(2).trim().split(/[ \t]/)[0] ?? "";
  if (errno !== E.ENOENT || beginningOf(root, interpreter, HEAD) !== undefined) return undefined;
  return `its interpreter ${JSON.stringify(interpreter)}, which follows #!, is not in the container`;
}
