import { test } from "tap";
import type { Linux } from "../../lib/config/schema.ts";
import { memoryPolicySpec } from "../../lib/spec/memory-policy.ts";

const spec = (memoryPolicy: NonNullable<Linux["memoryPolicy"]>) => memoryPolicySpec({ linux: { memoryPolicy } });

test("memoryPolicySpec() gives what set_mempolicy(2) takes", async (t) => {
  t.equal(memoryPolicySpec({ linux: {} }), undefined);
  t.strictSame(spec({ mode: "MPOL_BIND", nodes: "0,2", flags: ["MPOL_F_STATIC_NODES"] }), {
    name: "MPOL_BIND",
    mode: 0x8002,
    nodes: new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0]),
  });
  t.strictSame(spec({ mode: "MPOL_LOCAL" }), { name: "MPOL_LOCAL", mode: 4, nodes: undefined });
});

test("memoryPolicySpec() knows every mode and flag of the spec", async (t) => {
  const modes = [
    "DEFAULT",
    "PREFERRED",
    "BIND",
    "INTERLEAVE",
    "LOCAL",
    "PREFERRED_MANY",
    "WEIGHTED_INTERLEAVE",
  ] as const;
  t.strictSame(
    modes.map((mode) => spec({ mode: `MPOL_${mode}` as const })?.mode),
    [0, 1, 2, 3, 4, 5, 6],
  );
  const flags = (["NUMA_BALANCING", "RELATIVE_NODES", "STATIC_NODES"] as const).map(
    (flag) => `MPOL_F_${flag}` as const,
  );
  t.equal(spec({ mode: "MPOL_BIND", nodes: "0", flags })?.mode, 0xe002);
});
