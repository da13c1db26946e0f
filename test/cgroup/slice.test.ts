/** Where a scope is, by slice:prefix:name. */
import { test } from "tap";
import { scopePlace, slicePath } from "../../lib/cgroup/slice.ts";

const PLACES: readonly [given: string | undefined, slice: string, path: string][] = [
  [undefined, "system.slice", "/system.slice/runt-c1.scope"],
  ["", "system.slice", "/system.slice/runt-c1.scope"],
  [":cri-containerd:abc", "system.slice", "/system.slice/cri-containerd-abc.scope"],
  ["machine.slice:libpod:abc", "machine.slice", "/machine.slice/libpod-abc.scope"],
  ["a-b-c.slice::abc", "a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice/abc.scope"],
  ["-.slice:p:n", "-.slice", "/p-n.scope"],
];

for (const [given, slice, path] of PLACES) {
  test(`${given} is ${path}`, (t) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    t.strictSame(scopePlace(given, "c1", "system.slice"), { slice, name, path });
    t.end();
  });
}

const WRONG = [
  "/a/path",
  "a",
  "a:b",
  "a:b:c:d",
  "s.slice:p:",
  "s.slice::x.slice",
  "no:p:n",
  "a--b.slice:p:n",
  "-a.slice:p:n",
  "a-.slice:p:n",
  ".slice:p:n",
  "a/b.slice:p:n",
  "a.slice:p:n/m",
  "a.slice:p:with space",
  `:p:${"n".repeat(255)}`,
];

for (const given of WRONG) {
  test(`${given.slice(0, 40)} is refused`, (t) => {
    t.throws(() => scopePlace(given, "c1", "system.slice"), /linux\.cgroupsPath/);
    t.end();
  });
}

test("a slice is in those that its name says", (t) => {
  t.equal(slicePath("user-1000.slice"), "/user.slice/user-1000.slice");
  t.equal(slicePath("-.slice"), "");
  t.end();
});
