/** NUL ends a string for the kernel: what follows it would be dropped without a word. */
import { escapeKey, group, itIs, type Report } from "./rule.ts";

/**
 * No string and no key holds NUL. Annotations and what the seccomp agent gets may: they never go to the kernel.
 * JSON can say NUL only as \u0000, so the rule need not be asked about a text without that.
 */
export const NO_NUL = group("", (document: unknown) => document, [
  { reads: [], check: (document, report) => search(document, "", report) },
]);

const FREE = ["/annotations", "/linux/seccomp/listenerMetadata"];

function search(value: unknown, pointer: string, report: Report): void {
  if (FREE.includes(pointer)) return;
  if (typeof value === "string") {
    if (value.includes("\0")) report(pointer, "hold no NUL", itIs(value));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      const below = `${pointer}/${escapeKey(key)}`;
      if (key.includes("\0")) report(below, "have a name without NUL", "its name holds one");
      search(each, below, report);
    }
  }
}
