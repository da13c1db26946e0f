import { test } from "tap";
import { changes, newPropagation } from "../../lib/init/attach.ts";
import { AT } from "../../lib/linux/fcntl.ts";
import { MS } from "../../lib/linux/mount.ts";

const NONE = { set: 0, clear: 0 };
const RO = { set: 1, clear: 0 };
const OWN = AT.EMPTY_PATH;
const RECURSIVE = AT.EMPTY_PATH | AT.RECURSIVE;

test("changes: attributes and propagation of one reach are one call", async (t) => {
  t.same(changes(RO, NONE, [MS.PRIVATE], false), [OWN, 1, 0, MS.PRIVATE]);
  t.same(changes(NONE, RO, [MS.PRIVATE | MS.REC], false), [RECURSIVE, 1, 0, MS.PRIVATE]);
});

test("changes: what has different reaches are two calls", async (t) => {
  t.same(changes(RO, NONE, [MS.PRIVATE | MS.REC], false), [RECURSIVE, 0, 0, MS.PRIVATE, OWN, 1, 0, 0]);
  t.same(changes({ set: 0, clear: 4 }, RO, [], false), [OWN, 0, 4, 0, RECURSIVE, 1, 0, 0]);
});

test("changes: of a single mount everything has the same reach", async (t) => {
  t.same(changes(RO, RO, [MS.PRIVATE | MS.REC], true), [OWN, 1, 0, MS.PRIVATE]);
});

test("changes: every propagation is a call, in order", async (t) => {
  t.same(changes(NONE, NONE, [MS.SLAVE, MS.SHARED], true), [OWN, 0, 0, MS.SLAVE, OWN, 0, 0, MS.SHARED]);
});

test("changes: nothing to change is no call", async (t) => {
  t.same(changes(NONE, NONE, [], false), []);
});

test("newPropagation: private is said only below a shared mount", async (t) => {
  t.same(newPropagation([MS.PRIVATE | MS.REC, MS.SLAVE], false), [OWN, 0, 0, MS.SLAVE]);
  t.same(newPropagation([MS.PRIVATE], true), [OWN, 0, 0, MS.PRIVATE]);
});
