/** Steps become a static ELF; or, later, the rest of one: the rows, the memory that they need, and the machine's code that walks them. */
import type { Machine } from "../linux/machine.ts";
import { AARCH64 } from "./aarch64.ts";
import { type Assembled, assemble, type Encode } from "./assemble.ts";
import { type Addresses, makeData } from "./data.ts";
import { type Extent, elf, REST, restFile } from "./elf.ts";
import { nthStep } from "./order.ts";
import type { Step } from "./step.ts";
import { X86_64 } from "./x86-64.ts";

/** A compiled program. */
export interface Program {
  readonly elf: Uint8Array;
  /** How many steps there are: their indices are 1 to `size`. */
  readonly size: number;
  /** The step that a report names. Throws RuntimeError if the program has no such step. */
  step(index: number): Step;
  readonly addresses: Addresses;
}

/** What a program with a `rest` goes on with. The indices of its steps follow the program's. */
export interface RestOfProgram extends Pick<Program, "size" | "step"> {
  readonly steps: readonly Step[];
  /** To be mapped at REST_ADDRESS. */
  readonly file: Uint8Array;
  /** To be mapped too, writable. */
  readonly memory: Extent;
}

/**
 * Compiles steps to a static ELF.
 * @param machine that it will run on
 * @param encode UTF-8 bytes of a text
 * @throws RuntimeError for a call that the machine lacks
 */
export function compile(steps: readonly Step[], machine: Machine, encode: Encode): Program {
  const { sections, size, addresses } = ofAnyText(encode, (sizeOf) =>
    assemble(makeData(sizeOf), steps, 0, machine, encode),
  );
  const interpreter = machine === "aarch64" ? AARCH64 : X86_64;
  return { elf: elf(interpreter, sections), size, step: (index) => nthStep(steps, index), addresses };
}

/**
 * Compiles what a program goes on with: to it, slots and memory of the program's steps are what they are there.
 * @throws RuntimeError for a call that the machine lacks
 */
export function compileRest(program: Program, steps: readonly Step[], machine: Machine, encode: Encode): RestOfProgram {
  const { sections, size } = ofAnyText(encode, (sizeOf) =>
    assemble(makeData(sizeOf, REST, program.addresses), steps, program.size, machine, encode),
  );
  const step = (index: number) => (index <= program.size ? program.step(index) : nthStep(steps, index - program.size));
  return { ...restFile(sections), steps, size, step };
}

/** Nearly always all text is ASCII: then a string's length is the number of its bytes, and all are encoded at once. */
function ofAnyText(encode: Encode, compile: (sizeOf?: (text: string) => number) => Assembled | undefined): Assembled {
  return compile() ?? (compile((text) => encode(text).length) as Assembled);
}
