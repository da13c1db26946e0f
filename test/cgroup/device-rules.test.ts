import { test } from "tap";
import { accessOf } from "../../lib/cgroup/device-rules.ts";

test("accessOf() takes the letters in any order, as the kernel numbers accesses", async (t) => {
  const cases = { m: 1, r: 2, w: 4, rw: 6, wr: 6, rwm: 7, mrw: 7, rr: 2 };
  for (const [letters, access] of Object.entries(cases)) t.equal(accessOf(letters, 0), access, letters);
});

test("accessOf() refuses a rule about nothing, by its place in the list", async (t) => {
  for (const letters of ["", undefined]) {
    t.throws(() => accessOf(letters, 3), {
      message: /^linux\.resources\.devices\/3: access must be some of r, w and m/,
    });
  }
});
