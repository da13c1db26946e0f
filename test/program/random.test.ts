/** Random programs of harmless calls, told beforehand what they do. */
import { test } from "tap";
import { E } from "../../lib/linux/errno.ts";
import {
  at,
  buffer,
  call,
  type Buffer as Memory,
  type Slot,
  type Step,
  slot,
  type Value,
} from "../../lib/program/step.ts";
import { MACHINES, mapReport, run } from "./run.ts";

const SLOTS = ["a", "b", "c", "d"].map(slot);
const MEMORY: Memory = buffer("memory", 32);
const DUMP: Memory = buffer("dump", SLOTS.length * 8);
const ERRNOS = [E.EBADF, E.EPERM, E.ENOENT, E.EXDEV] as const;

/** Thrown by the model where the program fails. */
class Failure extends Error {
  readonly index: number;
  readonly errno: number;

  constructor(index: number, errno: number) {
    super();
    this.index = index;
    this.errno = errno;
  }
}

/** What a program does, by the words of step.ts. */
class Model {
  output = "";
  index = 0;
  umask = 0o22n;
  readonly slots = new Map<Slot, bigint>(SLOTS.map((each) => [each, 0n]));
  readonly memory = new DataView(new ArrayBuffer(MEMORY.size));

  value(value: Value | string): bigint {
    if (typeof value === "number" || typeof value === "bigint") return BigInt.asUintN(64, BigInt(value));
    if (typeof value === "string") return 0n;
    if (value.kind === "slot") return this.slots.get(value) as bigint;
    return value.width === 8
      ? this.memory.getBigUint64(value.offset, true)
      : BigInt(this.memory.getUint32(value.offset, true));
  }

  block(steps: readonly Step[]): void {
    for (const step of steps) this.step(step);
  }

  /** Numbers go on through what is not run. */
  skip(steps: readonly Step[]): void {
    for (const step of steps) {
      this.index++;
      if (step.op === "attempt") this.skip([...step.steps, ...step.otherwise]);
      if (step.op === "when") this.skip([...step.then, ...(step.otherwise ?? [])]);
    }
  }

  step(step: Step): void {
    const index = ++this.index;
    switch (step.op) {
      case "call": {
        const [first] = step.args as [Value, string?];
        let result = -BigInt(E.EBADF);
        if (step.call === "umask") {
          result = this.umask;
          this.umask = this.value(first) & 0o777n;
        } else if (step.call === "write") {
          this.output += step.args[1];
          result = BigInt(step.args[2] as number);
        }
        if (step.result !== undefined) this.slots.set(step.result, BigInt.asUintN(64, result));
        if (result < 0n && !step.tolerate?.includes(Number(-result))) throw new Failure(index, Number(-result));
        break;
      }
      case "assign":
        this.slots.set(step.slot, this.value(step.value as Value));
        break;
      case "store": {
        const value = this.value(step.value);
        if (step.width === 8) this.memory.setBigUint64(step.offset, value, true);
        else this.memory.setUint32(step.offset, Number(value & 0xffffffffn), true);
        break;
      }
      case "when": {
        const mask = BigInt.asUintN(64, BigInt(step.mask ?? -1));
        const same = (this.value(step.value) & mask) === BigInt.asUintN(64, this.value(step.equals));
        if (same) this.block(step.then);
        else this.skip(step.then);
        if (same) this.skip(step.otherwise ?? []);
        else this.block(step.otherwise ?? []);
        break;
      }
      case "attempt": {
        const before = this.index;
        try {
          this.block(step.steps);
          this.skip(step.otherwise);
        } catch (error) {
          if (!(error instanceof Failure) || (step.on !== "any" && !step.on.includes(error.errno))) throw error;
          this.index = before;
          this.skip(step.steps);
          this.block(step.otherwise);
        }
        break;
      }
      case "fail":
        throw new Failure(index, step.errno);
    }
  }
}

/** Numbers below `limit`, the same for the same seed (mulberry32). */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

class Author {
  private readonly roll: (limit: number) => number;

  constructor(seed: number) {
    this.roll = dice(seed);
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.roll(items.length)] as T;
  }

  private number(): number {
    return this.pick([
      0,
      1,
      -1,
      0o22,
      0o777,
      255,
      65536,
      0x7fffffff,
      0x80000000,
      0xffffffff,
      -4096,
      2 ** 40 + 3,
      -(2 ** 45),
    ]);
  }

  private value(): Value {
    const width = this.pick([4, 8] as const);
    return this.pick<Value>([
      this.number(),
      this.pick([2n ** 64n - 1n, 2n ** 63n, 0x1234567890abcdefn]),
      this.pick(SLOTS),
      at(MEMORY, this.roll(MEMORY.size / width) * width, width),
    ]);
  }

  private step(depth: number): Step {
    const kind = this.roll(depth > 0 ? 9 : 7);
    const width = this.pick([4, 8] as const);
    const letter = String.fromCharCode(97 + this.roll(26));
    switch (kind) {
      case 0:
        return call("say", "write", [1, letter.repeat(3), 3], { result: this.pick(SLOTS) });
      case 1:
        return call("set the umask", "umask", [this.value()], { result: this.pick(SLOTS) });
      case 2:
        return call("close nothing", "close", [1000 + this.roll(9)], {
          tolerate: [this.pick(ERRNOS), this.pick(ERRNOS)],
        });
      case 3:
        return call("close nothing", "close", [1000], { result: this.pick(SLOTS), tolerate: [E.EINTR, E.EBADF] });
      case 4:
        return { op: "assign", slot: this.pick(SLOTS), value: this.value() };
      case 5:
        return {
          op: "store",
          into: MEMORY,
          offset: this.roll(MEMORY.size / width) * width,
          width,
          value: this.value(),
        };
      case 6:
        return this.roll(4) === 0
          ? { op: "fail", doing: "fail", errno: this.pick(ERRNOS) }
          : call("say", "write", [1, letter, 1]);
      case 7: {
        const mask = this.roll(2) === 0 ? {} : { mask: this.pick([0xff, 0xffffffff, 0o777, 2 ** 40]) };
        const otherwise = this.roll(2) === 0 ? {} : { otherwise: this.block(depth - 1) };
        const then = this.block(depth - 1);
        return { op: "when", value: this.value(), ...mask, equals: this.number(), then, ...otherwise };
      }
      default: {
        const on = this.roll(3) === 0 ? ("any" as const) : [this.pick(ERRNOS), this.pick(ERRNOS)];
        return { op: "attempt", on, steps: this.block(depth - 1), otherwise: this.block(depth - 1) };
      }
    }
  }

  block(depth: number): Step[] {
    return Array.from({ length: this.roll(6) }, () => this.step(depth));
  }
}

/** Prints all slots at the end. */
const EPILOGUE: readonly Step[] = [
  ...SLOTS.map((value, index): Step => ({ op: "store", into: DUMP, offset: index * 8, width: 8, value })),
  call("print the slots", "write", [1, DUMP, DUMP.size]),
];

for (const { machine, skip, native } of MACHINES) {
  test(`${machine}: random programs do what the model says`, { skip }, (t) => {
    const count = native ? 150 : 40;
    let failures = 0;
    for (let seed = 1; seed <= count; seed++) {
      const author = new Author(seed);
      const body = [...author.block(4), ...author.block(3), ...author.block(3)];
      const model = new Model();
      // Two steps come before.
      model.index = 2;
      let report: { index: number; errno: number } | undefined;
      try {
        model.block(body);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        report = { index: error.index, errno: error.errno };
        failures++;
      }
      const slots = Buffer.from(new BigUint64Array(SLOTS.map((each) => model.slots.get(each) as bigint)).buffer);
      const stdout = Buffer.concat([Buffer.from(model.output), report === undefined ? slots : Buffer.alloc(0)]);
      const prologue = [mapReport(), call("set the umask", "umask", [Number(new Model().umask)])];
      const outcome = run([...prologue, ...body, ...EPILOGUE], machine);
      t.equal(outcome.stdout.toString("hex"), stdout.toString("hex"), `output of ${seed}`);
      t.equal(outcome.status, report === undefined ? 0 : 1, `status of ${seed}`);
      t.strictSame(outcome.report, report, `report of ${seed}`);
    }
    // Programs that all fail, or never do, would show little.
    t.ok(failures > count / 10 && failures < (count * 9) / 10, `${failures} of ${count} fail`);
    t.end();
  });
}
