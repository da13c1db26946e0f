/** Steps to the rows of rows.ts, and the memory of data.ts that they need. */
import { RuntimeError } from "../base/errors.ts";
import type { Machine } from "../linux/machine.ts";
import { syscallNumbers } from "../linux/syscalls.ts";
import type { Addresses, Data } from "./data.ts";
import { REST, REST_ADDRESS, type Sections } from "./elf.ts";
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

/** What a program is made of. */
export interface Assembled {
  readonly sections: Sections;
  /** The index of the last step. */
  readonly size: number;
  readonly addresses: Addresses;
}

/** UTF-8 bytes of a text. */
export type Encode = (text: string) => Uint8Array;

/** In place of an attempt: a failure ends the program. */
const NO_ATTEMPT = 0;

/** Where the table under way is read next. */
const CURSOR: Slot = { kind: "slot", name: "cursor" };

/** Rows that a step usually takes, with those inside it. */
const ROWS_PER_STEP = 4;

/**
 * Assembles steps that come after `before` others.
 * @returns undefined if their strings turn out to take other room than `data` gave them
 * @throws RuntimeError for a call that the machine lacks
 */
export function assemble(
  data: Data,
  steps: readonly Step[],
  before: number,
  machine: Machine,
  encode: Encode,
): Assembled | undefined {
  // Functions inside share what is under way by closure: to the engine, a property costs six times as much. They write rows from `at` on,
  // and return the place after; `attempt` is the offset of the one in force.
  const { address, string, list, table } = data;
  const numbers = syscallNumbers(machine);
  /** Of the step under way: that of the first one of all is 1. */
  let index = before;
  let rows = new Float64Array((steps.length * ROWS_PER_STEP + 2) * ROW);
  /** There is room for a row up to here. */
  let limit = rows.length - ROW;
  let inTable = false;

  // The code knows their addresses: the first of all.
  address(REPORT);
  address(COUNTED);
  const end = leave(addBlock(steps, ROW, NO_ATTEMPT));
  const size = index;
  if (size > MAX_STEPS) throw new RuntimeError(`a program of ${size} steps is too long`);

  const strings = encode(data.text);
  if (strings.length !== data.stringsSize) return undefined;
  const used = new Uint8Array(rows.buffer, 0, end * 8);
  const { image, zeroed, addresses } = data;
  return { sections: { strings, rows: used, image, zeroed }, size, addresses };

  function addBlock(steps: readonly Step[], start: number, attempt: number): number {
    let at = start;
    for (let i = 0, count = steps.length; i < count; ++i) {
      const step = steps[i] as Step;
      ++index;
      switch (step.op) {
        case "call":
          at = addCall(step, at);
          break;
        case "attempt":
          at = addAttempt(step, at, attempt);
          break;
        case "when":
          at = addWhen(step, at, attempt);
          break;
        case "while":
          at = addWhile(step, at, attempt);
          break;
        case "clone":
          at = addClone(step, at, attempt);
          break;
        case "store":
          at = addStore(at, step.width, address(step.into) + step.offset, step.value);
          break;
        case "assign":
          at = addStore(at, 8, address(step.slot), step.value);
          break;
        case "each":
          at = addEach(step, at, attempt);
          break;
        case "rest":
          at = addRow(at, OP.REST, REST_ADDRESS, REST.memory, 0, 0);
          break;
        case "fail":
          if (step.errno === 0 && attempt !== NO_ATTEMPT)
            throw new RuntimeError("a failure without errno stands in an attempt");
          at = addRow(at, OP.FAIL, step.errno, 0, 0, 0);
          break;
      }
    }
    return at;
  }

  function addCall(step: Call, at: number): number {
    if (at >= limit) grow();
    const args = step.args;
    const number = numbers[step.call];
    if (number === undefined) throw new RuntimeError(`${machine} has no system call ${step.call}`);
    rows[at] = number;
    let meta = index;
    for (let i = 0, place = at + ARGS, count = args.length; i < count; ++i, ++place) {
      const value = args[i] as Argument;
      if (typeof value === "number") rows[place] = value;
      else if (typeof value === "string") rows[place] = string(value);
      else if ((value as Slot).kind === "slot") {
        rows[place] = address(value as Slot);
        meta += LOAD_8[i] as number;
      } else meta += operand(place, i, value);
    }
    rows[at + META] = meta;
    if (step.result !== undefined) rows[at + RESULT] = address(step.result);
    if (step.tolerate !== undefined) rows[at + TOLERATE] = list(step.tolerate);
    return at + ROW;
  }

  /** Failures find the row of the innermost attempt in force, which names the next one outward. */
  function addAttempt({ steps, on, otherwise }: Attempt, at: number, outer: number): number {
    const errnos = on === "any" ? 0 : list(on);
    const entered = addRow(at, OP.ATTEMPT, errnos, 0, outer, 0);
    const done = addBlock(steps, entered, at * 8);
    const instead = addRow(done, OP.GO, outer, 0, 0, 0);
    rows[at + ARGS + 1] = instead * 8;
    const end = addBlock(otherwise, instead, outer);
    rows[done + ARGS + 1] = end * 8;
    return end;
  }

  function addWhen({ value, mask = -1, equals, then, otherwise }: When, at: number, attempt: number): number {
    const chosen = addRow(at, OP.WHEN, 0, mask, 0, 0);
    rows[at + META] = index + operand(at + ARGS, 0, value) + operand(at + ARGS + 2, 2, equals);
    let end = addBlock(then, chosen, attempt);
    if (otherwise === undefined) {
      rows[at + ARGS + 3] = end * 8;
      return end;
    }
    const done = end;
    const other = addRow(done, OP.GO, attempt, 0, 0, 0);
    rows[at + ARGS + 3] = other * 8;
    end = addBlock(otherwise, other, attempt);
    rows[done + ARGS + 1] = end * 8;
    return end;
  }

  function addWhile({ value, equals, steps }: While, at: number, attempt: number): number {
    const first = addRow(at, OP.WHEN, 0, -1, equals, 0);
    rows[at + META] = index + operand(at + ARGS, 0, value);
    const end = addRow(addBlock(steps, first, attempt), OP.GO, attempt, at * 8, 0, 0);
    rows[at + ARGS + 3] = end * 8;
    return end;
  }

  function addClone({ args, result, child, parent }: Clone, at: number, attempt: number): number {
    const size = args.kind === "words" ? args.words.length * 8 : args.size;
    const cloned = addRow(at, OP.CLONE, address(args), size, address(result), 0);
    // The child is a program of its own: what the parent would do about a failure is not for it to do.
    const alone = addRow(cloned, OP.GO, NO_ATTEMPT, (cloned + ROW) * 8, 0, 0);
    const inParent = leave(addBlock(child, alone, NO_ATTEMPT));
    rows[at + ARGS + 3] = inParent * 8;
    return addBlock(parent, inParent, attempt);
  }

  function addEach({ items, into, steps }: Each, before: number, attempt: number): number {
    if (attempt !== NO_ATTEMPT || inTable) throw new RuntimeError("a table of steps stands in an attempt or a table");
    // Its items count, the table itself does not.
    const first = --index;
    if (items.length === 0) return before;
    const start = table(items, into.length);
    const end = start + items.length * into.length * 8;
    const counted = addStore(before, 8, address(COUNTED), 0);
    const cursor = address(CURSOR);
    const head = addStore(counted, 8, cursor, start);
    let at = head;
    for (let column = 0, count = into.length; column < count; ++column) {
      at = addRow(at, OP.ITEM, cursor, column === 0 ? end : 0, address(into[column] as Slot), 0);
    }
    inTable = true;
    at = addRow(addBlock(steps, at, NO_ATTEMPT), OP.GO, NO_ATTEMPT, head * 8, 0, 0);
    inTable = false;
    const count = index - first;
    // The first item finds the count at 0.
    rows[before + ARGS + 1] = -count;
    rows[head + ARGS + 3] = at * 8;
    rows[head + ARGS + 4] = count;
    index += count * (items.length - 1);
    return at;
  }

  function addStore(at: number, width: 4 | 8, address: number, value: Argument): number {
    const end = addRow(at, width === 8 ? OP.STORE_8 : OP.STORE_4, address, 0, 0, 0);
    rows[at + META] = index + operand(at + ARGS + 1, 1, value);
    return end;
  }

  /** The process ends with 0. */
  function leave(at: number): number {
    return addCall({ op: "call", doing: "exit", call: "exit_group", args: [0] }, at);
  }

  function addRow(at: number, op: number, a: number, b: number, c: number, d: number): number {
    if (at >= limit) grow();
    rows[at] = op;
    rows[at + ARGS] = a;
    rows[at + ARGS + 1] = b;
    rows[at + ARGS + 2] = c;
    rows[at + ARGS + 3] = d;
    rows[at + META] = index;
    return at + ROW;
  }

  /** Puts the argument of number `i` into its place: what it adds to meta. */
  function operand(place: number, i: number, value: Argument): number {
    if (typeof value === "object") {
      // Bytes have no kind, and an address like what comes last.
      const item = value as Exclude<typeof value, Uint8Array>;
      if (item.kind === "slot") {
        rows[place] = address(item);
        return LOAD_8[i] as number;
      }
      if (item.kind === "at") {
        rows[place] = address(item.buffer) + item.offset;
        return (item.width === 8 ? LOAD_8[i] : LOAD_4[i]) as number;
      }
      rows[place] = address(item);
    } else if (typeof value === "number") rows[place] = value;
    else if (typeof value === "string") rows[place] = string(value);
    else {
      // A double has no room for every 64-bit number.
      rows[place] = list([value]);
      return LOAD_8[i] as number;
    }
    return 0;
  }

  /** Doubles the room for rows. */
  function grow(): void {
    const more = new Float64Array(rows.length * 2);
    more.set(rows);
    rows = more;
    limit = rows.length - ROW;
  }
}
