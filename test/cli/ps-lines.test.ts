import { test } from "tap";
import { linesOf } from "../../lib/cli/ps-lines.ts";

const OUTPUT = "UID   PID CMD\nroot    1 init\nroot   12 sleep 1\n  me  112 sh -c 12\n";

test("linesOf() keeps the heading and the lines of the pids", async (t) => {
  t.equal(linesOf(OUTPUT, [12]), "UID   PID CMD\nroot   12 sleep 1\n");
  t.equal(linesOf(OUTPUT, [112, 1]), "UID   PID CMD\nroot    1 init\n  me  112 sh -c 12\n");
  t.equal(linesOf(OUTPUT, []), "UID   PID CMD\n");
});

test("linesOf() says when it can't tell the column PID from those before it", async (t) => {
  const output = "COMMAND  PID\nsh -c x  12\n[kthreadd]  2\n";
  t.throws(() => linesOf(output, [12]), { message: /blanks in them before the column PID/ });
  t.equal(linesOf(output, [2]), "COMMAND  PID\n[kthreadd]  2\n");
  t.equal(linesOf(output, []), "COMMAND  PID\n", "a container without processes has no lines");
  t.equal(linesOf("PID CMD\n 1 init\n", [12]), "PID CMD\n", "ps was asked for others");
});

test("linesOf() needs a column PID", async (t) => {
  for (const output of ["", "CMD\ninit\n", "1 init\n"])
    t.throws(() => linesOf(output, [1]), { message: /no column PID/ });
});
