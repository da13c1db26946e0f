import { statSync } from "node:fs";
import { test } from "tap";
import { major, makedev, minor } from "../../lib/linux/dev.ts";

test("makedev() interleaves what major() and minor() take apart", (t) => {
  const cases: [number, number, number][] = [
    [1, 3, 0x103],
    [5, 0, 0x500],
    [4095, 1048575, 0xffffffff],
    [136, 256, 0x108800],
  ];
  for (const [high, low, device] of cases) {
    t.equal(makedev(high, low), device, `${high}:${low}`);
    t.equal(major(device), high);
    t.equal(minor(device), low);
  }
  t.equal(makedev(1, 3), statSync("/dev/null").rdev);
  t.end();
});
