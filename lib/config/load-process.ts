/** The file of `exec --process` → Process. */
import { accepts, schema } from "../../dist/generated/process.js";
import { parseDocument } from "./document.ts";
import { exactIntegers } from "./integers.ts";
import { group } from "./rule.ts";
import { PROCESS_RULES } from "./rules/process.ts";
import type { Process } from "./schema.ts";

const groups = [group("", (process: Process) => process, PROCESS_RULES)];
const PROCESS = { accepts, schema, groups } as const;

/**
 * The text of a process file: `process` of config.json as a document of its own.
 * @param file how messages name it
 * @throws ConfigError with all that is wrong
 */
export function parseProcess(text: string, file: string): Process {
  const process = parseDocument<Process>(PROCESS, text, file);
  exactIntegers(process, text, file, ({ rlimits }) => rlimits ?? []);
  return process;
}
