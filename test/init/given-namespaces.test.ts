import { test } from "tap";
import { joinedByInit, joinLater, joinNamespaces } from "../../lib/init/given-namespaces.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import { listing } from "./listing.ts";

const given = (...join: { flag: number; path: string }[]) => ({ create: 0, join, timeOffsets: [] });
const USER = { flag: CLONE.NEWUSER, path: "/u" };
const NET = { flag: CLONE.NEWNET, path: "/n" };
const CGROUP = { flag: CLONE.NEWCGROUP, path: "/c" };

test("all are opened, then joined", async (t) => {
  t.same(listing(joinNamespaces(given(CGROUP, NET), undefined)), [
    "openat -100 /c 0x80800 0x0 -> <namespace /c>",
    "openat -100 /n 0x80800 0x0 -> <namespace /n>",
    "setns <namespace /c> 0x2000000",
    "setns <namespace /n> 0x40000000",
    "close <namespace /c>",
    "close <namespace /n>",
  ]);
});

test("what the user namespace gives the right to is joined after it, all else before", async (t) => {
  const joins = listing(joinNamespaces(given(USER, NET), undefined)).slice(2, -2);
  t.same(joins, [
    "setns <namespace /n> 0x40000000 ?EPERM -> </n can't be joined yet>",
    "setns <namespace /u> 0x10000000",
    "unless </n can't be joined yet> == 0x0",
    "  setns <namespace /n> 0x40000000",
  ]);
});

test("a cgroup namespace is for init to join where it is cloned into its cgroup", async (t) => {
  const spec = given(CGROUP, NET);
  const entry = { tasks: [], memory: undefined };
  t.equal(joinedByInit(spec, { ...entry, directory: undefined }), undefined);
  const later = joinedByInit(spec, { ...entry, directory: 9 });
  t.equal(later, CGROUP);
  const before = listing(joinNamespaces(spec, later));
  t.ok(before.includes("openat -100 /c 0x80800 0x0 -> <cgroup namespace>"), "it is opened as the host sees it");
  t.notOk(before.some((step) => step.startsWith("setns <cgroup namespace>")));
  t.same(listing(joinLater(CGROUP)), ["setns <cgroup namespace> 0x2000000", "close <cgroup namespace>"]);
});
