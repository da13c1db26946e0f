/** Namespaces by descriptor: ioctl_ns(2). */

/**
 * `NS_*`, requests of ioctl(2) on a namespace's descriptor, <linux/nsfs.h>. `GET_NSTYPE` answers one of `CLONE_NEW*`.
 */
export const NS = { GET_USERNS: 0xb701, GET_PARENT: 0xb702, GET_NSTYPE: 0xb703, GET_OWNER_UID: 0xb704 } as const;
