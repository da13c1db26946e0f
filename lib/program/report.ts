/**
 * The report page: shared memory in which a program that fails leaves which step it was and why, two uint32 in the machine's
 * (little-endian) order. They are one word to the program, which exchanges it against 0: of several processes that fail, the
 * first one is told.
 */

/** Bytes of a report, at the start of its page. */
export const REPORT_SIZE = 8;

/** What a program left. */
export interface Report {
  /** Of the failed step, from 1 on. */
  readonly index: number;
  /** Positive; 0 for a step that was meant to fail and says why by itself. */
  readonly errno: number;
}

/** Reads a report from its page; undefined while no step has failed. */
export function decodeReport(page: Uint8Array): Report | undefined {
  const view = new DataView(page.buffer, page.byteOffset, REPORT_SIZE);
  const index = view.getUint32(0, true);
  return index === 0 ? undefined : { index, errno: view.getUint32(4, true) };
}
