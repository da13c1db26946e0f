/** What device rules of v1 and v2 have in common: accesses, and the devices that every container has. */
import { RuntimeError } from "../base/errors.ts";
import type { DeviceRule } from "../config/schema.ts";
import { BPF_DEVCG } from "../linux/bpf.ts";

/** Accesses are bits of a set, as the kernel numbers them. */
const { ACC_MKNOD: MKNOD, ACC_READ: READ, ACC_WRITE: WRITE } = BPF_DEVCG;
const ALL = READ | WRITE | MKNOD;

/** How the kernel and systemd spell each set of accesses. */
export const SPELLINGS: readonly string[] = ["", "m", "r", "rm", "w", "wm", "rw", "rwm"];

/** A device, or many: -1 stands for every number. */
export interface Device {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  readonly access: number;
}

/** What every container can use: config-linux.md § Default Devices, terminals, making nodes (not opening them), and tun. */
export const DEFAULT_DEVICES: readonly Device[] = [
  { type: "c", major: -1, minor: -1, access: MKNOD },
  { type: "b", major: -1, minor: -1, access: MKNOD },
  ...[
    [1, 3], // null
    [1, 5], // zero
    [1, 7], // full
    [1, 8], // random
    [1, 9], // urandom
    [5, 0], // tty
    [5, 2], // ptmx
    [136, -1], // pts/*
    [10, 200], // net/tun, which VPN images have had from runc since its first days
  ].map(([major = -1, minor = -1]) => ({ type: "c", major, minor, access: ALL }) as const),
];

/** The letters r, w and m in any order as bits. @throws RuntimeError when there are none */
export function accessOf(letters: string | undefined, index: number): number {
  const has = (letter: string, bit: number): number => (letters?.includes(letter) ? bit : 0);
  const access = has("r", READ) | has("w", WRITE) | has("m", MKNOD);
  if (access !== 0) return access;
  throw new RuntimeError(`linux.resources.devices/${index}: access must be some of r, w and m: it is empty`);
}

/** Whether the rule is about everything: what is said before it is of no account. */
export function isEverything({ type = "a", major = -1, minor = -1, access }: DeviceRule): boolean {
  return type === "a" && major === -1 && minor === -1 && ["r", "w", "m"].every((letter) => access?.includes(letter));
}
