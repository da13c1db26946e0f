/** Signatures of D-Bus. */
import { test } from "tap";
import { completeTypes, variant } from "../../lib/systemd/value.ts";

test("a signature is taken apart into complete types", (t) => {
  t.strictSame(completeTypes("ssa(sv)a(sa(sv))"), ["s", "s", "a(sv)", "a(sa(sv))"]);
  t.strictSame(completeTypes("a{sv}aau(u(ss))"), ["a{sv}", "aau", "(u(ss))"]);
  t.strictSame(completeTypes(""), []);
  for (const wrong of ["a", "(", "(s", ")", "()", "z", "a(s"]) t.throws(() => completeTypes(wrong), RangeError, wrong);
  t.strictSame(variant("u", 5), { signature: "u", value: 5 });
  t.end();
});
