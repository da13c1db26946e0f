/** Network interfaces over netlink(7) and rtnetlink(7). */

/** NETLINK_ROUTE, the protocol of socket(AF_NETLINK). */
export const NETLINK_ROUTE = 0;

/** `NLM_F_*`, the flags of struct nlmsghdr. */
export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  DUMP_INTR: 0x10,
  ACK_TLVS: 0x200,
  ACK: 0x4,
  ROOT: 0x100,
  MATCH: 0x200,
  DUMP: 0x300,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
} as const;

/** `NLMSG_*`, the types of message that every family has. */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4 } as const;

/** `NETLINK_*`, the options of level SOL_NETLINK. */
export const NETLINK = { CAP_ACK: 10, EXT_ACK: 11 } as const;

/** `NLMSGERR_ATTR_*`, what an error may come with. */
export const NLMSGERR_ATTR = { MSG: 1 } as const;

/** `RTM_*`, the types of message of rtnetlink(7). */
export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  SETLINK: 19,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  GETROUTE: 26,
} as const;

/** `IFLA_*`, the attributes of a link. */
export const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  NET_NS_PID: 19,
  NET_NS_FD: 28,
  TARGET_NETNSID: 46,
  NEW_IFINDEX: 49,
} as const;

/** `IFA_*`, the attributes of an address. */
export const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, BROADCAST: 4, CACHEINFO: 6, FLAGS: 8, RT_PRIORITY: 9 } as const;

/** `IFA_F_*`, the flags of an address. */
export const IFA_F = {
  SECONDARY: 0x1,
  NODAD: 0x2,
  DADFAILED: 0x8,
  DEPRECATED: 0x20,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
} as const;

/** `RT_SCOPE_*`, how far an address or a route reaches. */
export const RT_SCOPE = { UNIVERSE: 0, SITE: 200, LINK: 253, HOST: 254, NOWHERE: 255 } as const;

/** `IFF_*`, the flags of an interface. */
export const IFF = { UP: 0x1, BROADCAST: 0x2, LOOPBACK: 0x8, RUNNING: 0x40 } as const;

/** Bytes of an interface's name, its NUL included. */
export const IFNAMSIZ = 16;
