/** The texts of statistics files, kernel admin-guide/cgroup-v1 and cgroup-v2.rst. Counters have 64 bits: bigint. */

/** "No limit" in the words of statistics: the largest number there is. */
export const UNLIMITED = 0xffff_ffff_ffff_ffffn;

/** A number, or `max`; undefined for what is neither, or not there. */
export function parseNumber(text: string | undefined): bigint | undefined {
  const word = text?.trim();
  if (word === "max") return UNLIMITED;
  return word !== undefined && /^\d+$/.test(word) ? BigInt(word) : undefined;
}

/** Lines of a name and a number: `cache 4096`. */
export function parseFields(text: string | undefined): Record<string, bigint> {
  const fields: Record<string, bigint> = {};
  for (const [, name, number] of text?.matchAll(/^(\S+) (\d+)$/gm) ?? [])
    fields[name as string] = BigInt(number as string);
  return fields;
}

/** A list of numbers and ranges as each of its numbers: `0-2,7`. */
export function parseList(text: string | undefined): number[] {
  const numbers: number[] = [];
  for (const [, first, last] of text?.matchAll(/(\d+)(?:-(\d+))?/g) ?? []) {
    for (let number = Number(first); number <= Number(last ?? first); number++) numbers.push(number);
  }
  return numbers;
}

/** What a device has done. */
export interface DeviceCounter {
  readonly major: number;
  readonly minor: number;
  readonly op?: string;
  readonly value: bigint;
}

/** Files of blkio on v1: `8:0 Read 4096`, or `8:0 4096`. */
export function parseBlkio(text: string | undefined): DeviceCounter[] {
  const counters: DeviceCounter[] = [];
  for (const [, major, minor, op, value] of text?.matchAll(/^(\d+):(\d+)(?: ([A-Z]\w*))? (\d+)$/gm) ?? []) {
    const device = { major: Number(major), minor: Number(minor), value: BigInt(value as string) };
    counters.push(op === undefined ? device : { ...device, op });
  }
  return counters;
}

/** io.stat of v2, `8:0 rbytes=4096 wbytes=0 …`: the keys that `ops` names, by what it calls them. */
export function parseIoStat(text: string | undefined, ops: Readonly<Record<string, string>>): DeviceCounter[] {
  const counters: DeviceCounter[] = [];
  for (const [, major, minor, fields] of text?.matchAll(/^(\d+):(\d+) (.*)$/gm) ?? []) {
    for (const [, key, value] of (fields as string).matchAll(/(\w+)=(\d+)/g)) {
      const op = ops[key as string];
      if (op !== undefined)
        counters.push({ major: Number(major), minor: Number(minor), op, value: BigInt(value as string) });
    }
  }
  return counters;
}

/** A share of time, in percent, in which tasks have waited for a resource. */
export interface Pressure {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Microseconds. */
  readonly total: bigint;
}

/** Pressure stall information, kernel accounting/psi.rst: of some tasks, and of all at once; nothing without such a file. */
export function parsePressure(text: string | undefined): { readonly psi?: Readonly<Record<string, Pressure>> } {
  const kinds: Record<string, Pressure> = {};
  for (const [, kind, avg10, avg60, avg300, total] of text?.matchAll(
    /^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)$/gm,
  ) ?? []) {
    kinds[kind as string] = {
      avg10: Number(avg10),
      avg60: Number(avg60),
      avg300: Number(avg300),
      total: BigInt(total as string),
    };
  }
  return Object.keys(kinds).length === 0 ? {} : { psi: kinds };
}

/** /proc/PID/net/dev, proc_pid_net(5): the interfaces, in the words that runc has for their counters. */
export function parseInterfaces(text: string | undefined): Record<string, string | bigint>[] {
  return [...(text?.matchAll(/^\s*([^:\s]+):\s*(.*)$/gm) ?? [])].map(([, name, numbers]) => {
    const fields = (numbers as string).trim().split(/\s+/).map(BigInt);
    const entry: Record<string, string | bigint> = { Name: name as string };
    for (const [column, key] of INTERFACE_COLUMNS) entry[key] = fields[column] ?? 0n;
    return entry;
  });
}

const INTERFACE_COLUMNS: readonly [number, string][] = [
  [0, "RxBytes"],
  [1, "RxPackets"],
  [2, "RxErrors"],
  [3, "RxDropped"],
  [8, "TxBytes"],
  [9, "TxPackets"],
  [10, "TxErrors"],
  [11, "TxDropped"],
];
