/** Requests of ioctl(2): terminals (ioctl_tty(2)), interfaces (netdevice(7)) and inodes (ioctl_iflags(2)). */

/** `TIOC*`, ioctl_tty(2). `GPTPEER` opens a pseudo-terminal's slave without a path. */
export const TIOC = {
  SCTTY: 0x540e,
  NOTTY: 0x5422,
  GWINSZ: 0x5413,
  SWINSZ: 0x5414,
  SPTLCK: 0x40045431,
  GPTN: 0x80045430,
  GPTLCK: 0x80045439,
  GPTPEER: 0x5441,
} as const;

/** `TC*`: read and set a terminal's struct termios. */
export const TC = { GETS: 0x5401, SETS: 0x5402, SETSW: 0x5403, SETSF: 0x5404 } as const;

/** `SIOC*`, netdevice(7), on a struct ifreq of 40 bytes: name (16), then the value. */
export const SIOC = { GIFFLAGS: 0x8913, SIFFLAGS: 0x8914, GIFINDEX: 0x8933 } as const;

/** `FS_IOC_SETFLAGS`, ioctl_iflags(2): FS_IMMUTABLE_FL and FS_APPEND_FL among others. */
export const FS_IOC_SETFLAGS = 0x40086602;
