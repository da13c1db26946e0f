/** What a command answers, on standard output. */
import { write } from "../sys/file.ts";

const STANDARD_OUTPUT = 1;

/** Prints `text` as it is. Throws SyscallError. */
export function print(text: string): void {
  write(STANDARD_OUTPUT, text);
}
