/**
 * What runs in a container under test: a static program of system calls, made for each case by runt's compiler, which tells on
 * its standard output what the kernel answered. It needs nothing in the root file system but itself.
 */
import { errnoName } from "../../lib/linux/errno.ts";
import type { SyscallName } from "../../lib/linux/syscalls.ts";
import { compile } from "../../lib/program/compile.ts";
import { type Argument, type Buffer, buffer, call, type Slot, type Step, slot } from "../../lib/program/step.ts";

/** One thing that the program told: what a call returned, and the bytes that go with it. */
export interface Told {
  readonly value: number;
  readonly data: Uint8Array;
}

/** A question to the kernel: the steps that put it, and what their answers mean. */
export interface Ask<T> {
  readonly steps: (tell: Tell) => Step[];
  readonly decode: (told: readonly Told[]) => T;
}

export type Asks = Readonly<Record<string, Ask<unknown>>>;

/** What was learnt, by the names of the questions. */
export type Answers<A extends Asks> = { readonly [N in keyof A]: A[N] extends Ask<infer T> ? T : never };

/** What the program does when all is told. */
export type End = { readonly exit: number } | "wait";

const HEADER = 16;

/** Any errno: what a call answers is for the case to judge, not for the program. */
const ALL = Array.from({ length: 133 }, (_, index) => index + 1);

/** The steps that tell about one question. */
export class Tell {
  private readonly index: number;
  private readonly header = buffer("header", HEADER);

  constructor(index: number) {
    this.index = index;
  }

  /** Tells what `result` holds, and `length` bytes of `data` if that is no error; by default, as many as it says. */
  answer(result: Slot, data?: Buffer, length?: number): Step[] {
    const follows = data === undefined ? 0 : (length ?? 0xffff_ffff);
    return [
      { op: "store", into: this.header, offset: 0, width: 4, value: this.index },
      { op: "store", into: this.header, offset: 4, width: 4, value: follows },
      { op: "store", into: this.header, offset: 8, width: 8, value: result },
      asked("write", [1, this.header, HEADER]),
      ...(data === undefined ? [] : [unlessFailed(result, [asked("write", [1, data, length ?? result])])]),
    ];
  }
}

function unlessFailed(result: Slot, then: readonly Step[]): Step {
  return { op: "when", value: result, mask: 0x8000_0000, equals: 0, then };
}

/** A call that may fail. */
export function asked(name: SyscallName, args: readonly Argument[], result?: Slot): Step {
  return call(name, name, args, { tolerate: ALL, ...(result && { result }) });
}

/** Told before all else: the program runs. */
const ALIVE: Ask<number> = {
  steps: (tell) => {
    const pid = slot("pid");
    return [asked("getpid", [], pid), ...tell.answer(pid)];
  },
  decode: ([told]) => told?.value ?? 0,
};

/** The program that puts `asks` in their order. @returns its file */
export function observer(asks: Asks, end: End): Uint8Array {
  const machine = process.arch === "arm64" ? "aarch64" : "x86-64";
  const all = [...Object.values(asks), ALIVE];
  const questions = [
    ...ALIVE.steps(new Tell(all.length - 1)),
    ...all.slice(0, -1).flatMap((ask, index) => ask.steps(new Tell(index))),
  ];
  const last = end === "wait" ? asked("ppoll", [0, 0, 0, 0, 8]) : call("exit", "exit_group", [end.exit]);
  return compile([...questions, last], machine, (text) => new TextEncoder().encode(text)).elf;
}

/** What stands in the output of the program that put `asks`. @throws when it stopped before it had told all */
export function decode<A extends Asks>(asks: A, output: Uint8Array): Answers<A> {
  const told = [...Object.keys(asks), "alive"].map((): Told[] => []);
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  for (let at = 0; at + HEADER <= output.length; ) {
    const value = view.getInt32(at + 8, true);
    const follows = view.getUint32(at + 4, true);
    const length = follows === 0 || value < 0 ? 0 : follows === 0xffff_ffff ? value : follows;
    const list = told[view.getUint32(at, true)];
    if (list === undefined) throw new Error(`not the observer's output: ${new TextDecoder().decode(output)}`);
    list.push({ value, data: output.subarray(at + HEADER, at + HEADER + length) });
    at += HEADER + length;
  }
  if (told.at(-1)?.length === 0) throw new Error("the observer does not run");
  const entries = Object.entries(asks).map(([name, ask], index) => {
    const list = told[index] as Told[];
    if (list.length === 0) throw new Error(`the observer did not get to "${name}"`);
    return [name, ask.decode(list)];
  });
  return Object.fromEntries(entries);
}

/** The errno's name of a failed call, else undefined. */
export function failure({ value }: Told): string | undefined {
  return value < 0 ? errnoName(-value) : undefined;
}
