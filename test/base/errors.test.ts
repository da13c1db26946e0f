import { test } from "tap";
import { describe, during, errnoOf, RuntimeError, SyscallError } from "../../lib/base/errors.ts";

const denied = new SyscallError('mkdir("/x", 0755)', 13, "EACCES: permission denied");

test("describe() joins the chain of causes, outermost first", async (t) => {
  const error = new RuntimeError('create "c1"', { cause: new RuntimeError("make the state root", { cause: denied }) });
  t.equal(describe(error), 'create "c1": make the state root: mkdir("/x", 0755): EACCES: permission denied');
});

test("describe() marks an error that is not runt's as a defect", async (t) => {
  t.equal(describe(new TypeError("x is undefined")), "internal error: TypeError: x is undefined");
  t.equal(describe("a thrown string"), "a thrown string");
});

test("during() gives the result, or tells what was being done", async (t) => {
  t.equal(
    during("count", () => 3),
    3,
  );
  const fail = () =>
    during("remove it", () => {
      throw denied;
    });
  t.throws(fail, { message: "remove it", cause: denied });
});

test("errnoOf() finds the errno at the root of the chain", async (t) => {
  t.equal(errnoOf(new RuntimeError("a", { cause: denied })), 13);
  t.equal(errnoOf(new RuntimeError("a")), undefined);
  t.equal(errnoOf("text"), undefined);
});
