/** Where memory comes from on NUMA machines: set_mempolicy(2). */

/** `MPOL_*`, the policies. `WEIGHTED_INTERLEAVE` came with Linux 6.9. */
export const MPOL = {
  DEFAULT: 0,
  PREFERRED: 1,
  BIND: 2,
  INTERLEAVE: 3,
  LOCAL: 4,
  PREFERRED_MANY: 5,
  WEIGHTED_INTERLEAVE: 6,
} as const;

/** `MPOL_F_*`, the flags added to a policy. */
export const MPOL_F = { STATIC_NODES: 0x8000, RELATIVE_NODES: 0x4000, NUMA_BALANCING: 0x2000 } as const;
