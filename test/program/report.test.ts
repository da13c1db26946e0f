import { test } from "tap";
import { decodeReport } from "../../lib/program/report.ts";

test("decodeReport() reads two uint32, and nothing from an empty page", (t) => {
  t.equal(decodeReport(new Uint8Array(4096)), undefined);
  t.strictSame(decodeReport(new Uint8Array([3, 1, 0, 0, 13, 0, 0, 0])), { index: 259, errno: 13 });
  const page = new Uint8Array(24);
  page.set([7, 0, 0, 0, 1, 0, 0, 0], 8);
  t.strictSame(decodeReport(page.subarray(8)), { index: 7, errno: 1 }, "a page that is part of a buffer");
  t.end();
});
