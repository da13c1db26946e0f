import { test } from "tap";
import * as x86_64 from "../../lib/linux/machine.ts";
import * as aarch64 from "../../lib/linux/machine-aarch64.ts";

test("the aarch64 build finds all that machine.ts has", (t) => {
  t.strictSame(Object.keys(aarch64), Object.keys(x86_64));
  t.strictSame(Object.keys(aarch64.OPEN_FLAGS), Object.keys(x86_64.OPEN_FLAGS));
  t.end();
});

test("O_TMPFILE has the bit of O_DIRECTORY in it", (t) => {
  for (const { OPEN_FLAGS } of [x86_64, aarch64]) t.equal(OPEN_FLAGS.TMPFILE, 0x400000 | OPEN_FLAGS.DIRECTORY);
  t.end();
});
