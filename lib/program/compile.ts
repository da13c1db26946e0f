/** Steps become a static ELF: the rows of rows.ts, the memory of data.ts, and the machine's code that walks them. */
import { RuntimeError } from "../base/errors.ts";
import type { Machine } from "../linux/machine.ts";
import { type SyscallNumbers, syscallNumbers } from "../linux/syscalls.ts";
import { AARCH64 } from "./aarch64.ts";
import { Data, DataOfAnyText } from "./data.ts";
import { elf } from "./elf.ts";
import { nthStep } from "./order.ts";
import { ARGS, LOAD_4, LOAD_8, MAX_STEPS, META, OP, RESULT, ROW, TOLERATE } from "./rows.ts";
import {
  type Argument,
  type Attempt,
  type Call,
  type Clone,
  COUNTED,
  type Each,
  REPORT,
  type Slot,
  type Step,
  type When,
  type While,
} from "./step.ts";
import { X86_64 } from "./x86-64.ts";

/** A compiled program. */
export interface Program {
  readonly elf: Uint8Array;
  /** How many steps there are: their indices are 1 to `size`. */
  readonly size: number;
  /** The step that a report names. Throws RuntimeError if the program has no such step. */
  step(index: number): Step;
}

/** In place of an attempt: a failure ends the program. */
const NO_ATTEMPT = 0;

/** Where the table under way is read next. */
const CURSOR: Slot = { kind: "slot", name: "cursor" };

/** Numbers of 400 rows: what a container usually takes. */
const FIRST_ROOM = 4000;

/**
 * Compiles steps to a static ELF.
 * @param machine that it will run on
 * @param encode UTF-8 bytes of a text
 * @throws RuntimeError for a call that the machine lacks
 */
export function compile(steps: readonly Step[], machine: Machine, encode: (text: string) => Uint8Array): Program {
  // Nearly always all text is ASCII: then a string's length is the number of its bytes, and all are encoded at once.
  const program =
    new Compilation(machine, new Data()).program(steps, encode) ??
    new Compilation(machine, new DataOfAnyText(encode)).program(steps, encode);
  return program as Program;
}

/** Rows under way. Its methods write from `at` on, and return the place after; `attempt` is the offset of the one in force. */
class Compilation {
  private readonly machine: Machine;
  private readonly numbers: SyscallNumbers;
  private readonly data: Data;
  private rows = new Float64Array(FIRST_ROOM);
  /** There is room for a row up to here. */
  private limit = FIRST_ROOM - ROW;
  /** Of the step under way, from 1 on. */
  private index = 0;
  private inTable = false;

  constructor(machine: Machine, data: Data) {
    this.machine = machine;
    this.numbers = syscallNumbers(machine);
    this.data = data;
  }

  /** The program, or undefined if its strings turn out to take other room than `data` gave them. */
  program(steps: readonly Step[], encode: (text: string) => Uint8Array): Program | undefined {
    const { data } = this;
    // The code knows their addresses: the first of all.
    data.address(REPORT);
    data.address(COUNTED);
    const end = this.leave(this.block(steps, ROW, NO_ATTEMPT));
    const size = this.index;
    if (size > MAX_STEPS) throw new RuntimeError(`a program of ${size} steps is too long`);

    const strings = encode(data.text);
    if (strings.length !== data.stringsSize) return undefined;
    const rows = new Uint8Array(this.rows.buffer, 0, end * 8);
    const interpreter = this.machine === "aarch64" ? AARCH64 : X86_64;
    return {
      elf: elf(interpreter, { strings, rows, image: data.image, zeroed: data.zeroed }),
      size,
      step: (index) => nthStep(steps, index),
    };
  }

  private block(steps: readonly Step[], start: number, attempt: number): number {
    let at = start;
    for (let i = 0, count = steps.length; i < count; ++i) {
      const step = steps[i] as Step;
      ++this.index;
      switch (step.op) {
        case "call":
          at = this.call(step, at);
          break;
        case "attempt":
          at = this.attempt(step, at, attempt);
          break;
        case "when":
          at = this.when(step, at, attempt);
          break;
        case "while":
          at = this.while(step, at, attempt);
          break;
        case "clone":
          at = this.clone(step, at, attempt);
          break;
        case "store":
          at = this.store(at, step.width, this.data.address(step.into) + step.offset, step.value);
          break;
        case "assign":
          at = this.store(at, 8, this.data.address(step.slot), step.value);
          break;
        case "each":
          at = this.each(step, at, attempt);
          break;
        case "fail":
          at = this.row(at, OP.FAIL, step.errno, 0, 0, 0);
          break;
      }
    }
    return at;
  }

  private call(step: Call, at: number): number {
    if (at >= this.limit) this.grow();
    const rows = this.rows;
    const data = this.data;
    const args = step.args;
    const number = this.numbers[step.call];
    if (number === undefined) throw new RuntimeError(`${this.machine} has no system call ${step.call}`);
    rows[at] = number;
    let meta = this.index;
    for (let i = 0, place = at + ARGS, count = args.length; i < count; ++i, ++place) {
      const value = args[i] as Argument;
      if (typeof value === "number") rows[place] = value;
      else if (typeof value === "string") rows[place] = data.string(value);
      else if ((value as Slot).kind === "slot") {
        rows[place] = data.address(value as Slot);
        meta += LOAD_8[i] as number;
      } else meta += this.operand(place, i, value);
    }
    rows[at + META] = meta;
    if (step.result !== undefined) rows[at + RESULT] = data.address(step.result);
    if (step.tolerate !== undefined) rows[at + TOLERATE] = data.list(step.tolerate);
    return at + ROW;
  }

  /** Failures find the row of the innermost attempt in force, which names the next one outward. */
  private attempt({ steps, on, otherwise }: Attempt, at: number, outer: number): number {
    const errnos = on === "any" ? 0 : this.data.list(on);
    const entered = this.row(at, OP.ATTEMPT, errnos, 0, outer, 0);
    const done = this.block(steps, entered, at * 8);
    const instead = this.row(done, OP.GO, outer, 0, 0, 0);
    this.rows[at + ARGS + 1] = instead * 8;
    const end = this.block(otherwise, instead, outer);
    this.rows[done + ARGS + 1] = end * 8;
    return end;
  }

  private when({ value, mask = -1, equals, then, otherwise }: When, at: number, attempt: number): number {
    const chosen = this.row(at, OP.WHEN, 0, mask, 0, 0);
    this.rows[at + META] = this.index + this.operand(at + ARGS, 0, value) + this.operand(at + ARGS + 2, 2, equals);
    let end = this.block(then, chosen, attempt);
    if (otherwise === undefined) {
      this.rows[at + ARGS + 3] = end * 8;
      return end;
    }
    const done = end;
    const other = this.row(done, OP.GO, attempt, 0, 0, 0);
    this.rows[at + ARGS + 3] = other * 8;
    end = this.block(otherwise, other, attempt);
    this.rows[done + ARGS + 1] = end * 8;
    return end;
  }

  private while({ value, equals, steps }: While, at: number, attempt: number): number {
    const first = this.row(at, OP.WHEN, 0, -1, equals, 0);
    this.rows[at + META] = this.index + this.operand(at + ARGS, 0, value);
    const end = this.row(this.block(steps, first, attempt), OP.GO, attempt, at * 8, 0, 0);
    this.rows[at + ARGS + 3] = end * 8;
    return end;
  }

  private clone({ args, result, child, parent }: Clone, at: number, attempt: number): number {
    const size = args.kind === "words" ? args.words.length * 8 : args.size;
    const cloned = this.row(at, OP.CLONE, this.data.address(args), size, this.data.address(result), 0);
    // The child is a program of its own: what the parent would do about a failure is not for it to do.
    const alone = this.row(cloned, OP.GO, NO_ATTEMPT, (cloned + ROW) * 8, 0, 0);
    const inParent = this.leave(this.block(child, alone, NO_ATTEMPT));
    this.rows[at + ARGS + 3] = inParent * 8;
    return this.block(parent, inParent, attempt);
  }

  private each({ items, into, steps }: Each, start: number, attempt: number): number {
    if (attempt !== NO_ATTEMPT || this.inTable)
      throw new RuntimeError("a table of steps stands in an attempt or a table");
    // Its items count, the table itself does not.
    const first = --this.index;
    if (items.length === 0) return start;
    const { data } = this;
    const table = data.list(items.flat());
    const end = table + items.length * into.length * 8;
    const counted = this.store(start, 8, data.address(COUNTED), 0);
    const cursor = data.address(CURSOR);
    const head = this.store(counted, 8, cursor, table);
    let at = head;
    for (let column = 0, count = into.length; column < count; ++column) {
      at = this.row(at, OP.ITEM, cursor, column === 0 ? end : 0, data.address(into[column] as Slot), 0);
    }
    this.inTable = true;
    at = this.row(this.block(steps, at, NO_ATTEMPT), OP.GO, NO_ATTEMPT, head * 8, 0, 0);
    this.inTable = false;
    const count = this.index - first;
    // The first item finds the count at 0.
    this.rows[start + ARGS + 1] = -count;
    this.rows[head + ARGS + 3] = at * 8;
    this.rows[head + ARGS + 4] = count;
    this.index += count * (items.length - 1);
    return at;
  }

  private store(at: number, width: 4 | 8, address: number, value: Argument): number {
    const end = this.row(at, width === 8 ? OP.STORE_8 : OP.STORE_4, address, 0, 0, 0);
    this.rows[at + META] = this.index + this.operand(at + ARGS + 1, 1, value);
    return end;
  }

  /** The process ends with 0. */
  private leave(at: number): number {
    return this.call({ op: "call", doing: "exit", call: "exit_group", args: [0] }, at);
  }

  private row(at: number, op: number, a: number, b: number, c: number, d: number): number {
    if (at >= this.limit) this.grow();
    const { rows } = this;
    rows[at] = op;
    rows[at + ARGS] = a;
    rows[at + ARGS + 1] = b;
    rows[at + ARGS + 2] = c;
    rows[at + ARGS + 3] = d;
    rows[at + META] = this.index;
    return at + ROW;
  }

  /** Puts the argument of number `i` into its place: what it adds to meta. */
  private operand(place: number, i: number, value: Argument): number {
    if (typeof value === "object") {
      // Bytes have no kind, and an address like what comes last.
      const item = value as Exclude<typeof value, Uint8Array>;
      if (item.kind === "slot") {
        this.rows[place] = this.data.address(item);
        return LOAD_8[i] as number;
      }
      if (item.kind === "at") {
        this.rows[place] = this.data.address(item.buffer) + item.offset;
        return (item.width === 8 ? LOAD_8[i] : LOAD_4[i]) as number;
      }
      this.rows[place] = this.data.address(item);
    } else if (typeof value === "number") this.rows[place] = value;
    else if (typeof value === "string") this.rows[place] = this.data.string(value);
    else {
      // A double has no room for every 64-bit number.
      this.rows[place] = this.data.list([value]);
      return LOAD_8[i] as number;
    }
    return 0;
  }

  /** Doubles the room for rows. */
  private grow(): void {
    const rows = new Float64Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
    this.limit = rows.length - ROW;
  }
}
