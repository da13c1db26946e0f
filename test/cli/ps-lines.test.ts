import { test } from "tap";
import { linesOf } from "../../lib/cli/ps-lines.ts";

const OUTPUT = "UID   PID CMD\nroot    1 init\nroot   12 sleep 1\n  me  112 sh -c 12\n";

test("linesOf() keeps the heading and the lines of the pids", async (t) => {
  t.equal(linesOf(OUTPUT, [12]), "UID   PID CMD\nroot   12 sleep 1\n");
  t.equal(linesOf(OUTPUT, [112, 1]), "UID   PID CMD\nroot    1 init\n  me  112 sh -c 12\n");
  t.equal(linesOf(OUTPUT, []), "UID   PID CMD\n");
});

test("linesOf() needs a column PID", async (t) => {
  for (const output of ["", "CMD\ninit\n", "1 init\n"])
    t.throws(() => linesOf(output, [1]), { message: /no column PID/ });
});
