import { test } from "tap";
import type { Linux } from "../../lib/config/schema.ts";
import { MS } from "../../lib/linux/mount.ts";
import { rootSpec } from "../../lib/spec/root.ts";

const HOST = { bundle: "/bundle", noPivot: false, rootPlace: undefined };

function root(path: string, rootfsPropagation?: Linux["rootfsPropagation"]) {
  return rootSpec({ root: { path }, linux: rootfsPropagation === undefined ? {} : { rootfsPropagation } }, HOST);
}

test("rootSpec: a relative path counts from the bundle", async (t) => {
  t.equal(root("rootfs").path, "/bundle/rootfs");
  t.equal(root("/r").path, "/r");
});

test("rootSpec: the root is writable and private unless something else is said", async (t) => {
  t.match(root("r"), { readonly: false, private: true, propagation: 0, hostPropagation: MS.SLAVE | MS.REC });
  t.equal(rootSpec({ root: { path: "r", readonly: true } }, HOST).readonly, true);
});

test("rootSpec: a shared root is private until the end, while the host's mounts stay shared", async (t) => {
  t.match(root("r", "shared"), { hostPropagation: 0, private: true, propagation: MS.SHARED });
  t.match(root("r", "rshared"), { hostPropagation: 0, private: true, propagation: MS.SHARED | MS.REC });
});

test("rootSpec: a slave root follows the host", async (t) => {
  t.match(root("r", "rslave"), { hostPropagation: MS.SLAVE | MS.REC, private: false, propagation: 0 });
});

test("rootSpec: nothing is unbindable before the end", async (t) => {
  t.match(root("r", "unbindable"), { hostPropagation: MS.PRIVATE | MS.REC, propagation: MS.UNBINDABLE });
  t.match(root("r", "runbindable"), { hostPropagation: MS.PRIVATE | MS.REC, propagation: MS.UNBINDABLE | MS.REC });
});
