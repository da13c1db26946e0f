/** Rules, tried from both sides. */
import { test } from "tap";
import { faults } from "../support.ts";

export interface Row {
  /** Added to a minimal config. */
  readonly config: Record<string, unknown>;
  /** What is wrong with it, all of it; nothing when it is right. */
  readonly faults?: readonly string[];
}

/** One test for each row, by its name. */
export function rules(rows: Readonly<Record<string, Row>>): void {
  for (const [name, { config, faults: expected = [] }] of Object.entries(rows)) {
    test(name, (t) => {
      t.strictSame(faults(config), expected);
      t.end();
    });
  }
}
