/** Steps as lines of text, for tests that say exactly which calls are made: `mkdirat <rootfs> proc 0x1ed ?EEXIST`. */
import { errnoName } from "../../lib/linux/errno.ts";
import type { Argument, Step, Words } from "../../lib/program/step.ts";

/** One line a step; the steps inside another are indented below it. */
export function listing(steps: readonly Step[], indent = ""): string[] {
  return steps.flatMap((step) => {
    const below = (name: string, inner: readonly Step[]) =>
      inner.length === 0 ? [] : [`${indent}${name}`, ...listing(inner, `${indent}  `)];
    switch (step.op) {
      case "call": {
        const tolerated = (step.tolerate ?? []).map((errno) => ` ?${errnoName(errno)}`).join("");
        const result = step.result === undefined ? "" : ` -> <${step.result.name}>`;
        return [`${indent}${[step.call, ...step.args.map(word)].join(" ")}${tolerated}${result}`];
      }
      case "attempt": {
        const on = step.on === "any" ? "any" : step.on.map(errnoName).join(" ");
        return [...below("attempt", step.steps), ...below(`on ${on}`, step.otherwise)];
      }
      case "when":
        return [
          ...below(`when ${word(step.value)} == ${word(step.equals)}`, step.then),
          ...below(`unless ${word(step.value)} == ${word(step.equals)}`, step.otherwise ?? []),
        ];
      case "while":
        return below(`while ${word(step.value)} == ${word(step.equals)}`, step.steps);
      case "assign":
        return [`${indent}<${step.slot.name}> = ${word(step.value)}`];
      case "fail":
        return [`${indent}fail ${errnoName(step.errno)}: ${step.doing}`];
      default:
        return [`${indent}${step.op}`];
    }
  });
}

function word(value: Argument | Words["words"][number]): string {
  if (typeof value === "number") return value < 0 ? String(value) : `0x${value.toString(16)}`;
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || value instanceof Uint8Array) return String(value);
  switch (value.kind) {
    case "slot":
      return `<${value.name}>`;
    case "words":
      return `[${value.words.map(word).join(" ")}]`;
    case "at":
      return `${value.buffer.name}+${value.offset}`;
    case "buffer":
      return value.name;
  }
}
