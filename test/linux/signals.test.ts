import { constants } from "node:os";
import { test } from "tap";
import { signalName, signalNumber } from "../../lib/linux/signals.ts";

test("signalNumber() understands names in any case, numbers and real-time signals", (t) => {
  const cases: [string, number | undefined][] = [
    ["KILL", 9],
    ["SIGKILL", 9],
    ["sigterm", 15],
    ["Hup", 1],
    ["9", 9],
    ["0", 0],
    ["64", 64],
    ["65", undefined],
    ["-9", undefined],
    ["1e1", undefined],
    ["", undefined],
    ["SIG", undefined],
    ["KILLL", undefined],
    ["toString", undefined],
    ["POLL", 29],
    ["SIGCLD", 17],
    ["RTMIN", 34],
    ["SIGRTMIN+3", 37],
    ["RTMAX-1", 63],
    ["RTMAX", 64],
    ["RTMIN-1", undefined],
    ["RTMAX+1", undefined],
    ["RTMIN+31", undefined],
    ["RTMIN+", undefined],
  ];
  for (const [text, number] of cases) t.equal(signalNumber(text), number, JSON.stringify(text));
  for (const [name, number] of Object.entries(constants.signals)) t.equal(signalNumber(name), number, name);
  t.end();
});

test("signalName() gives names that signalNumber() understands", (t) => {
  for (let signal = 1; signal <= 64; signal++) {
    if (signal !== 32 && signal !== 33) t.equal(signalNumber(signalName(signal)), signal);
  }
  t.equal(signalName(9), "SIGKILL");
  t.equal(signalName(34), "SIGRTMIN");
  t.equal(signalName(37), "SIGRTMIN+3");
  t.equal(signalName(32), "signal 32");
  t.end();
});
