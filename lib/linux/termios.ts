/**
 * Modes of a terminal, termios(3), as the kernel's struct termios has them: iflag, oflag, cflag, lflag (4 bytes
 * each), line (1), cc (19).
 */

/** Bytes of the kernel's struct termios, the argument of TCGETS. */
export const TERMIOS_SIZE = 36;

/** Input modes, c_iflag. */
export const IFLAG = {
  IGNBRK: 0o1,
  BRKINT: 0o2,
  PARMRK: 0o10,
  ISTRIP: 0o40,
  INLCR: 0o100,
  IGNCR: 0o200,
  ICRNL: 0o400,
  IXON: 0o2000,
} as const;

/** Output modes, c_oflag. */
export const OFLAG = { OPOST: 0o1, ONLCR: 0o4 } as const;

/** Control modes, c_cflag; `CSIZE` is the mask of `CS8`. */
export const CFLAG = { CSIZE: 0o60, CS8: 0o60, PARENB: 0o400 } as const;

/** Local modes, c_lflag. */
export const LFLAG = { ISIG: 0o1, ICANON: 0o2, ECHO: 0o10, ECHONL: 0o100, IEXTEN: 0o100000 } as const;

/** Places in c_cc. */
export const CC = { VTIME: 5, VMIN: 6 } as const;
