import { test } from "tap";
import { changes } from "../../lib/init/attach.ts";
import { MS } from "../../lib/linux/mount.ts";

const NONE = { set: 0, clear: 0 };
const RO = { set: 1, clear: 0 };

test("changes: attributes and propagation of one reach are one call", async (t) => {
  t.same(changes(RO, NONE, [MS.PRIVATE], false), [{ recursive: false, set: 1, clear: 0, propagation: MS.PRIVATE }]);
  t.same(changes(NONE, RO, [MS.PRIVATE | MS.REC], false), [
    { recursive: true, set: 1, clear: 0, propagation: MS.PRIVATE },
  ]);
});

test("changes: what has different reaches are two calls", async (t) => {
  t.same(changes(RO, NONE, [MS.PRIVATE | MS.REC], false), [
    { recursive: true, set: 0, clear: 0, propagation: MS.PRIVATE },
    { recursive: false, set: 1, clear: 0, propagation: 0 },
  ]);
});

test("changes: of a single mount everything has the same reach", async (t) => {
  t.same(changes(RO, RO, [MS.PRIVATE | MS.REC], true), [
    { recursive: false, set: 1, clear: 0, propagation: MS.PRIVATE },
  ]);
});

test("changes: every propagation is a call, in order", async (t) => {
  t.same(
    changes(NONE, NONE, [MS.SLAVE, MS.SHARED], true).map(({ propagation }) => propagation),
    [MS.SLAVE, MS.SHARED],
  );
});

test("changes: nothing to change is no call", async (t) => {
  t.same(changes(NONE, NONE, [], false), []);
});
