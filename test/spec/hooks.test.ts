import { test } from "tap";
import { hooksSpec } from "../../lib/spec/hooks.ts";

test("a hook without args is called by its path, without env has none", async (t) => {
  const hooks = { prestart: [{ path: "/a" }], poststop: [{ path: "/b", args: ["x", "y"], env: ["K=v"], timeout: 3 }] };
  const spec = hooksSpec({ hooks });
  t.same(spec.prestart, [{ path: "/a", args: ["/a"], env: [], timeout: undefined }]);
  t.same(spec.poststop, [{ path: "/b", args: ["x", "y"], env: ["K=v"], timeout: 3 }]);
  t.same(spec.startContainer, []);
});

test("no hooks: six empty lists", async (t) => {
  t.same(Object.values(hooksSpec({})), [[], [], [], [], [], []]);
});
