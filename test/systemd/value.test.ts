/** Signatures of D-Bus. */
import { test } from "tap";
import { completeTypes, isSignature, variant } from "../../lib/systemd/value.ts";

test("a signature is taken apart into complete types", (t) => {
  t.strictSame(completeTypes("ssa(sv)a(sa(sv))"), ["s", "s", "a(sv)", "a(sa(sv))"]);
  t.strictSame(completeTypes("a{sv}aau(u(ss))"), ["a{sv}", "aau", "(u(ss))"]);
  t.strictSame(completeTypes(""), []);
  for (const wrong of ["a", "(", "(s", ")", "()", "z", "a(s", "{sv}", "a{s}", "a{sss}", "a{vs}", "a{ass}", "a{sv"])
    t.throws(() => completeTypes(wrong), RangeError, wrong);
  t.strictSame(variant("u", 5), { signature: "u", value: 5 });
  t.end();
});

test("isSignature() takes what a bus takes", (t) => {
  for (const right of ["", "a{sa{sv}}", `${"a".repeat(32)}i`, "s".repeat(255)]) t.ok(isSignature(right), right);
  for (const wrong of ["constructor", `${"a".repeat(33)}i`, "s".repeat(256), "a".repeat(100_000)])
    t.notOk(isSignature(wrong), wrong.slice(0, 40));
  t.end();
});
