import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { E } from "../../lib/linux/errno.ts";
import { type SyscallName, syscallNumber } from "../../lib/linux/syscalls.ts";
import { hint } from "../../lib/program/hints.ts";

test("hint() tells what an errno does not", (t) => {
  t.equal(hint("mount", E.ENOSPC), "/proc/sys/fs/mount-max is reached");
  t.match(hint("pivot_root", E.EINVAL), /--no-pivot/);
  t.match(hint("clone3", E.EPERM), /user namespace/);
  t.equal(hint("close", E.EBADF), undefined);
  t.equal(hint("mount", 9999), undefined);
  t.end();
});

test("every hint is about a call and an errno that there are", (t) => {
  const source = readFileSync(join(import.meta.dirname, "../../lib/program/hints.ts"), "utf8");
  const causes = [...source.matchAll(/^ {2}"(\w+) (\w+)":/gm)];
  t.ok(causes.length > 50);
  for (const [, call, errno] of causes) {
    t.type(syscallNumber("x86-64", call as SyscallName), "number", `${call}`);
    const text = hint(call as SyscallName, E[errno as keyof typeof E]);
    t.match(text, /^[^A-Z.].*[^.]$/s, `${call} ${errno}: a clause`);
  }
  t.strictSame(
    causes.map(([line]) => line),
    causes.map(([line]) => line).sort(),
    "sorted",
  );
  t.end();
});
