/** Sockets: socket(2), socketpair(2), sendmsg(2), unix(7). */

/** `AF_*`, address families. */
export const AF = { UNSPEC: 0, UNIX: 1, INET: 2, INET6: 10, NETLINK: 16, PACKET: 17 } as const;

/** `SOCK_*`, types and flags of socket(2). */
export const SOCK = { STREAM: 0x1, DGRAM: 0x2, RAW: 0x3, SEQPACKET: 0x5, NONBLOCK: 0x800, CLOEXEC: 0x80000 } as const;

/** `SOL_*`, levels of getsockopt(2). */
export const SOL = { SOCKET: 1, NETLINK: 270 } as const;

/** `SO_*`, options of level SOL_SOCKET. */
export const SO = {
  TYPE: 3,
  ERROR: 4,
  SNDBUF: 7,
  RCVBUF: 8,
  PASSCRED: 16,
  PEERCRED: 17,
  RCVTIMEO: 20,
  SNDTIMEO: 21,
  DOMAIN: 39,
  NETNS_COOKIE: 71,
} as const;

/** `SCM_*`, what a control message of unix(7) holds. `CREDENTIALS` is pid, uid, gid, uint32 each. */
export const SCM = { RIGHTS: 1, CREDENTIALS: 2 } as const;

/** `MSG_*`, the flags of sendmsg(2) and recvmsg(2). */
export const MSG = {
  PEEK: 0x2,
  CTRUNC: 0x8,
  TRUNC: 0x20,
  DONTWAIT: 0x40,
  NOSIGNAL: 0x4000,
  CMSG_CLOEXEC: 0x40000000,
} as const;

/** `SHUT_*` of shutdown(2). */
export const SHUT = { RD: 0, WR: 1, RDWR: 2 } as const;

/** The longest path of struct sockaddr_un (sun_family, a uint16, then sun_path), its NUL included. */
export const UNIX_PATH_MAX = 108;

/**
 * The words of struct msghdr, recvmsg(2), 8 bytes each (msg_namelen and msg_flags are 32-bit numbers with 4 bytes of
 * padding).
 */
export const MSGHDR = ["name", "namelen", "iov", "iovlen", "control", "controllen", "flags"] as const;

/** Bytes of struct cmsghdr: len (8), level (4), type (4); the data follows, padded to 8 bytes. */
export const CMSGHDR_SIZE = 16;
