import { test } from "tap";
import { exitCode } from "../../lib/linux/wait.ts";

test("exitCode() is a shell's: the status, or 128 and the signal", (t) => {
  t.equal(exitCode(0), 0);
  t.equal(exitCode(7 << 8), 7);
  t.equal(exitCode(255 << 8), 255);
  t.equal(exitCode(9), 137);
  t.equal(exitCode(0x80 | 11), 139, "with a core dump");
  t.end();
});
