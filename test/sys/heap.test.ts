/** How the build finds what of the heap points into the program. */
import { test } from "tap";
import { type Made, relocatable } from "../../bin/build/heap.ts";

const words = (...all: bigint[]): Buffer => Buffer.from(new BigUint64Array(all).buffer);
const made = (base: bigint, ...all: bigint[]): Made => ({ base, heap: words(...all) });

test("relocatable(): words that differ as the bases do count from the base", async (t) => {
  const first = made(0x5000_0000_1000n, 7n, 0x5000_0000_1234n, 0x1000_0040n, 1n << 63n);
  const second = made(0x5fff_0000_0000n, 7n, 0x5fff_0000_0234n, 0x1000_0040n, 5n);
  const { heap, offsets } = relocatable(first, second);
  t.strictSame(offsets, [8]);
  t.ok(heap.equals(words(7n, 0x234n, 0x1000_0040n, 1n << 63n)), "what differs otherwise stays as it is");
  t.equal(first.heap.readBigUInt64LE(8), 0x5000_0000_1234n, "the maker's own is not touched");
});

test("relocatable(): a base below the first one", async (t) => {
  const { offsets } = relocatable(made(0x6000n, 0x6010n), made(0x5000n, 0x5010n));
  t.strictSame(offsets, [0]);
});

test("relocatable() refuses runs that tell nothing", async (t) => {
  t.throws(() => relocatable(made(1n, 1n), made(1n, 1n)), /places no program at random/);
  t.throws(() => relocatable(made(1n, 1n), made(2n, 1n, 2n)), /different sizes/);
});
