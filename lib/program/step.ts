/**
 * The vocabulary of the init program. A program is a list of steps, plain data, one system call each; `compile.ts` turns it
 * into a static ELF, `words.ts` into sentences. Nothing here knows what a container is.
 */
import type { SyscallName } from "../linux/syscalls.ts";

/** A 64-bit cell of the program's memory: the result of an earlier call, or a value that was set. Starts as 0. */
export interface Slot {
  readonly kind: "slot";
  readonly name: string;
}

/**
 * Writable memory of `size` bytes, zero or `init` at first; or, with an `address`, what a step has mapped there. As an argument:
 * its address.
 */
export interface Buffer {
  readonly kind: "buffer";
  readonly name: string;
  readonly size: number;
  readonly init?: Uint8Array;
  readonly address?: number;
}

/** An array of 64-bit words in writable memory: argv, iovec, msghdr, clone_args. As an argument: its address. */
export interface Words {
  readonly kind: "words";
  readonly words: readonly (number | bigint | string | Uint8Array | Buffer | Words)[];
}

/** The unsigned number of `width` bytes that stands at `offset` of a buffer when the step runs. */
export interface At {
  readonly kind: "at";
  readonly buffer: Buffer;
  readonly offset: number;
  readonly width: 4 | 8;
}

/** What fits a register and is known when the step runs. */
export type Value = number | bigint | Slot | At;

/** An argument of a call. A string is passed as the address of its NUL-terminated UTF-8 bytes, bytes as their address. */
export type Argument = Value | string | Uint8Array | Buffer | Words;

/** One system call. Fails the program (or the attempt around it) when the kernel answers an errno not in `tolerate`. */
export interface Call {
  readonly op: "call";
  /** What the step does, as a clause: `mount proc on /proc`. */
  readonly doing: string;
  readonly call: SyscallName;
  /** Up to six. */
  readonly args: readonly Argument[];
  /** Receives the call's result, also a tolerated -errno. */
  readonly result?: Slot;
  /** Errnos after which the program just goes on. */
  readonly tolerate?: readonly number[];
}

/** Runs `steps`; when a call in it fails with one of `on`, goes on with `otherwise` in place of the rest. */
export interface Attempt {
  readonly op: "attempt";
  readonly steps: readonly Step[];
  readonly on: readonly number[] | "any";
  readonly otherwise: readonly Step[];
}

/** Runs `then` if `(value & mask) == equals` (all 64 bits when there is no mask), else `otherwise`. */
export interface When {
  readonly op: "when";
  readonly value: Value;
  readonly mask?: number;
  readonly equals: number | Slot;
  readonly then: readonly Step[];
  readonly otherwise?: readonly Step[];
}

/** Runs `steps`, which may be none, over and over as long as `value` is `equals`: what another thread or process changes. */
export interface While {
  readonly op: "while";
  readonly value: Value;
  readonly equals: number;
  readonly steps: readonly Step[];
}

/**
 * clone3(2) with `args` (a clone_args of 88 bytes as words or buffer): the new process runs `child` and then exits with 0 if
 * it gets to the end of it; the caller stores the pid in `result`, runs `parent`, and goes on. It may be a thread in the same memory.
 */
export interface Clone {
  readonly op: "clone";
  readonly doing: string;
  readonly args: Words | Buffer;
  readonly result: Slot;
  readonly child: readonly Step[];
  readonly parent: readonly Step[];
}

/** Puts a value known only when the step runs into memory: a descriptor into a control message. */
export interface Store {
  readonly op: "store";
  readonly into: Buffer;
  readonly offset: number;
  readonly width: 4 | 8;
  readonly value: Value;
}

/** Sets a slot; a string, bytes, a buffer or words give their address. */
export interface Assign {
  readonly op: "assign";
  readonly slot: Slot;
  readonly value: Argument;
}

/** Fails the program (or the attempt around it) as if a call had answered `errno`; 0, for which there is no attempt: `doing` says it all. */
export interface Fail {
  readonly op: "fail";
  readonly doing: string;
  readonly errno: number;
}

/**
 * The same steps for every item of a table, whose columns go to the slots of `into`. Means just what the steps written out for
 * each item would mean, and is told so; but it is made, and fits a program, at the price of one item. `{}` in a step's `doing`
 * stands for the item's first column. Stands in no attempt, and has no clone or other table inside.
 */
export interface Each {
  readonly op: "each";
  readonly items: readonly (readonly (number | string)[])[];
  readonly into: readonly Slot[];
  readonly steps: readonly Step[];
}

/**
 * Goes on with steps that were not known when the program was compiled: what compileRest() has made of them stands at REST_ADDRESS by
 * then, and there is memory around REST_MEMORY_ADDRESS. Stands in no attempt and no table, and no step comes after it.
 */
export interface Rest {
  readonly op: "rest";
}

export type Step = Call | Attempt | When | While | Clone | Store | Assign | Each | Fail | Rest;

/**
 * Holds the address of the report page: when the program fails, the index of the failed step and its errno are stored there
 * as two uint32, unless a step is already in it. While it is 0, a failure leaves no report. See report.ts.
 */
export const REPORT: Slot = { kind: "slot", name: "report" };

/** Holds how many steps the items of a table that are done with have counted for. See rows.ts. */
export const COUNTED: Slot = { kind: "slot", name: "counted" };

/** A new slot; its name is for readers of the plan. */
export function slot(name: string): Slot {
  return { kind: "slot", name };
}

/** Writable memory of `size` bytes, zeroed. */
export function buffer(name: string, size: number): Buffer {
  return { kind: "buffer", name, size };
}

/** Writable memory that starts as `init`. */
export function bytes(name: string, init: Uint8Array): Buffer {
  return { kind: "buffer", name, size: init.length, init };
}

/** An array of 64-bit words. */
export function words(...items: Words["words"]): Words {
  return { kind: "words", words: items };
}

/** The array that execve(2) takes, of any length: the engine's functions take no more than 65534 arguments. */
export function pointers(items: Words["words"]): Words {
  return { kind: "words", words: [...items, 0] };
}

/** The number of `width` bytes found at `offset` of `buffer` when the step runs. */
export function at(buffer: Buffer, offset: number, width: 4 | 8 = 4): At {
  return { kind: "at", buffer, offset, width };
}

/** One system call; `extra` may name a slot for its result and the errnos it tolerates. */
export function call(
  doing: string,
  name: SyscallName,
  args: readonly Argument[],
  extra?: { readonly result?: Slot; readonly tolerate?: readonly number[] },
): Call {
  // A plan has hundreds of calls, most of them without more: to the engine, a spread costs as much as all the rest.
  return extra === undefined
    ? { op: "call", doing, call: name, args }
    : { op: "call", doing, call: name, args, ...extra };
}
