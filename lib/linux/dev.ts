/**
 * Device numbers as mknod(2) takes them: 12 bits of major and 20 of minor, interleaved for the sake of old 16-bit
 * numbers.
 */

/** The number of a device, makedev(3); `major` below 4096, `minor` below 1048576. */
export function makedev(major: number, minor: number): number {
  return ((minor & 0xff) | (major << 8) | ((minor & 0xfff00) << 12)) >>> 0;
}

/** The major of a device's number. */
export function major(device: number): number {
  return (device >>> 8) & 0xfff;
}

/** The minor of a device's number. */
export function minor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
