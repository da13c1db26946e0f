/** `linux.memoryPolicy` of config-linux.md: the NUMA nodes that memory comes from. */
import { bitmap, parseList, type Ranges } from "../config/list.ts";
import type { OciConfig } from "../config/schema.ts";
import { MPOL, MPOL_F } from "../linux/mempolicy.ts";

/** What set_mempolicy(2) takes. */
export interface MemoryPolicySpec {
  /** Its name in config.json, `MPOL_BIND`. */
  readonly name: string;
  /** MPOL_* with MPOL_F_*. */
  readonly mode: number;
  /** A bitmap, undefined: none. */
  readonly nodes: Uint8Array | undefined;
}

/** What set_mempolicy(2) takes; the rules of config/ see to it that mode, nodes and flags go together. */
export function memoryPolicySpec({ linux }: Pick<OciConfig, "linux">): MemoryPolicySpec | undefined {
  const policy = linux?.memoryPolicy;
  if (policy === undefined) return undefined;
  const { mode, nodes, flags = [] } = policy;
  const bits = flags.map((flag) => MPOL_F[flag.slice("MPOL_F_".length) as keyof typeof MPOL_F]);
  return {
    name: mode,
    mode: bits.reduce<number>((all, bit) => all | bit, MPOL[mode.slice("MPOL_".length) as keyof typeof MPOL]),
    // The rules have seen to it that it is a list.
    nodes: nodes ? bitmap(parseList(nodes) as Ranges) : undefined,
  };
}
