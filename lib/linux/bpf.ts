/** Device rules of cgroup v2 are eBPF programs: bpf(2). */

/** `BPF_*`, the commands of bpf(2). */
export const BPF_CMD = {
  PROG_LOAD: 5,
  OBJ_GET: 7,
  PROG_ATTACH: 8,
  PROG_DETACH: 9,
  PROG_GET_FD_BY_ID: 13,
  OBJ_GET_INFO_BY_FD: 15,
  PROG_QUERY: 16,
} as const;

/** BPF_PROG_TYPE_CGROUP_DEVICE. */
export const BPF_PROG_TYPE_CGROUP_DEVICE = 15;

/** BPF_CGROUP_DEVICE, the attach type. */
export const BPF_CGROUP_DEVICE = 6;

/** `BPF_F_*`, the flags of BPF_PROG_ATTACH. */
export const BPF_F = { ALLOW_OVERRIDE: 0x1, ALLOW_MULTI: 0x2, REPLACE: 0x4 } as const;

/**
 * `BPF_DEVCG_*`: access_type of struct bpf_cgroup_dev_ctx holds the access in its high 16 bits, the type in the low.
 */
export const BPF_DEVCG = { ACC_MKNOD: 1, ACC_READ: 2, ACC_WRITE: 4 } as const;

/** `BPF_DEVCG_DEV_*`, the type of a device. */
export const BPF_DEVCG_DEV = { BLOCK: 1, CHAR: 2 } as const;
