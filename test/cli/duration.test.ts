import { test } from "tap";
import { duration } from "../../lib/cli/duration.ts";

test("duration() reads what Go programs take", async (t) => {
  const cases = {
    "5s": 5000,
    "100ms": 100,
    "1m30s": 90_000,
    "1.5s": 1500,
    "2h": 7_200_000,
    "500us": 0.5,
    "1µs": 1e-3,
    ".5s": 500,
    "1.s": 1000,
    "+1s": 1000,
  };
  for (const [text, milliseconds] of Object.entries(cases)) t.equal(duration("interval", text), milliseconds, text);
});

test("duration() refuses what is none, or not more than nothing", async (t) => {
  for (const text of ["", "5", "s", "0s", "-5s", "5 s", "5x", "1s2", "fives", ".s", "++1s", "1s+1s"]) {
    t.throws(() => duration("interval", text), {
      message: /^invalid value .* for flag --interval: it takes a duration/,
    });
  }
});
