/** The fence: system calls and C functions by name. Nothing else of the project touches the engine. */

import type { Bytes, Word } from "runt:ffi";
import {
  address,
  argv,
  call,
  decode,
  encode,
  environ,
  getenv,
  syscall as rawSyscall,
  spawn as vforkExec,
} from "runt:ffi";
import { SyscallError } from "../base/errors.ts";
import { reason } from "../linux/errno.ts";
import { MACHINE } from "../linux/machine.ts";
import { callText } from "../linux/strace.ts";
import { type SyscallName, syscallNumbers } from "../linux/syscalls.ts";

export type { Bytes, Word };
export { address, argv, call, decode, encode, environ };

/** The value of a variable of the process's own environment; an empty one is as good as none. */
export function variable(name: string): string | undefined {
  return getenv(name) || undefined;
}

/**
 * A system call, for callers to whom some errno is an answer: its result, or -errno. A string is passed as the address of
 * its UTF-8 and a NUL, bytes as their address, what is left out as 0. @throws TypeError for a string with a NUL in it
 */
export function syscall(name: SyscallName, a?: Word, b?: Word, c?: Word, d?: Word, e?: Word, f?: Word): number {
  return rawSyscall(NUMBERS[name] ?? NONE, a, b, c, d, e, f);
}

/** A system call that must work: its result. @throws SyscallError with the call as strace prints it */
export function must(name: SyscallName, a?: Word, b?: Word, c?: Word, d?: Word, e?: Word, f?: Word): number {
  const result = rawSyscall(NUMBERS[name] ?? NONE, a, b, c, d, e, f);
  // The kernel's errnos end at 4095; what is below is an address.
  if (result >= 0 || result < -4095) return result;
  throw new SyscallError(print(name, [a, b, c, d, e, f]), -result, reason(-result));
}

/**
 * A system call for which some errnos are answers, made once whatever it answers: its result, or -errno.
 * @throws SyscallError for any other errno
 */
export function tolerating(
  errnos: readonly number[],
  name: SyscallName,
  a?: Word,
  b?: Word,
  c?: Word,
  d?: Word,
  e?: Word,
  f?: Word,
): number {
  const result = rawSyscall(NUMBERS[name] ?? NONE, a, b, c, d, e, f);
  if (result >= 0 || result < -4095 || errnos.includes(-result)) return result;
  throw new SyscallError(print(name, [a, b, c, d, e, f]), -result, reason(-result));
}

const NUMBERS = syscallNumbers(MACHINE);

/** In place of a call that this machine lacks: the kernel answers ENOSYS. */
const NONE = -1;

/** vfork and execveat(2) of the executable file `fd`: the child's pid. @throws SyscallError with the errno of either call */
export function spawn(fd: number, args: readonly string[], env: readonly string[]): number {
  const pid = vforkExec(fd, args, env);
  if (pid >= 0) return pid;
  throw new SyscallError(`execveat(${fd}, "", ${JSON.stringify(args)}, …, AT_EMPTY_PATH)`, -pid, reason(-pid));
}

/** A call as strace prints it. */
function print(name: SyscallName, args: readonly (Word | undefined)[]): string {
  const given = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
  return callText(name, given.map(printable));
}

function printable(word: Word | undefined): number | bigint | string | Uint8Array {
  if (word === null || word === undefined) return 0;
  if (typeof word !== "object") return word;
  return ArrayBuffer.isView(word)
    ? new Uint8Array(word.buffer, word.byteOffset, word.byteLength)
    : new Uint8Array(word);
}
