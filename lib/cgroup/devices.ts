/**
 * The allowed devices of config-linux.md § Allowed Device list on cgroup v1, kernel cgroup-v1/devices.rst. There a cgroup
 * allows all devices or none, with a list of exceptions; an exception cannot have exceptions. The rules are played through
 * here, in order, and what they come to is written.
 */
import { RuntimeError } from "../base/errors.ts";
import type { DeviceRule, Resources } from "../config/schema.ts";
import type { Write } from "./write.ts";

/** What a rule is about: -1 is every number, `access` a set of READ, WRITE, MKNOD. */
interface Devices {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  readonly access: number;
}

const READ = 1;
const WRITE = 2;
const MKNOD = 4;
const ALL = READ | WRITE | MKNOD;

/** What every container can use: config-linux.md § Default Devices, terminals, making nodes (not opening them), and tun. */
const DEFAULT_DEVICES: readonly Devices[] = [
  { type: "c", major: -1, minor: -1, access: MKNOD },
  { type: "b", major: -1, minor: -1, access: MKNOD },
  { type: "c", major: 1, minor: 3, access: ALL }, // null
  { type: "c", major: 1, minor: 5, access: ALL }, // zero
  { type: "c", major: 1, minor: 7, access: ALL }, // full
  { type: "c", major: 1, minor: 8, access: ALL }, // random
  { type: "c", major: 1, minor: 9, access: ALL }, // urandom
  { type: "c", major: 5, minor: 0, access: ALL }, // tty
  { type: "c", major: 5, minor: 2, access: ALL }, // ptmx
  { type: "c", major: 136, minor: -1, access: ALL }, // pts/*
  { type: "c", major: 10, minor: 200, access: ALL }, // net/tun, which VPN images have had from runc since its first days
];

/**
 * devices.deny and devices.allow of a list of rules, which begins from "nothing is allowed". Without rules there is nothing to
 * write: the cgroup has its parent's devices.
 * @throws RuntimeError for a rule that cannot be read, or that v1 cannot express: an exception from an exception
 */
export function deviceWrites({ devices }: Resources): Write[] {
  if (!devices?.length) return [];
  let allowed = false;
  let exceptions = new Map<string, Devices>();
  for (let index = 0; index < devices.length; index++) {
    const rule = devices[index] as DeviceRule;
    const property = `devices/${index}`;
    for (const about of devicesOf(rule, property)) {
      if (about === undefined) {
        allowed = rule.allow;
        exceptions = new Map();
      } else if (rule.allow !== allowed) {
        except(exceptions, about);
      } else {
        revoke(exceptions, about, property);
      }
    }
  }
  // With everything else allowed, what is denied was meant.
  if (!allowed) for (const about of DEFAULT_DEVICES) except(exceptions, about);
  const property = "devices";
  const writes: Write[] = [{ property, file: allowed ? "devices.allow" : "devices.deny", value: "a" }];
  const file = allowed ? "devices.deny" : "devices.allow";
  for (const about of exceptions.values()) writes.push({ property, file, value: print(about) });
  return writes;
}

/** What a rule is about; undefined stands for all there is. The kernel knows type "a" for that only, not for a part of it. */
function devicesOf(rule: DeviceRule, property: string): (Devices | undefined)[] {
  const { type = "a", major = -1, minor = -1 } = rule;
  const access = parseAccess(rule.access, property);
  if (type === "b" || type === "c") return [{ type, major, minor, access }];
  if (major === -1 && minor === -1 && access === ALL) return [undefined];
  return [
    { type: "b", major, minor, access },
    { type: "c", major, minor, access },
  ];
}

function parseAccess(text: string | undefined, property: string): number {
  let access = 0;
  for (const letter of text ?? "") {
    if (letter === "r") access |= READ;
    else if (letter === "w") access |= WRITE;
    else if (letter === "m") access |= MKNOD;
    else access = NaN;
  }
  if (access > 0) return access;
  throw new RuntimeError(
    `linux.resources.${property}: access must be some of r, w and m: it is ${text === undefined ? "missing" : JSON.stringify(text)}`,
  );
}

function except(exceptions: Map<string, Devices>, about: Devices): void {
  const key = `${about.type}${about.major}:${about.minor}`;
  const access = about.access | (exceptions.get(key)?.access ?? 0);
  exceptions.set(key, { ...about, access });
}

/** Takes `about` out of the exceptions again. */
function revoke(exceptions: Map<string, Devices>, about: Devices, property: string): void {
  for (const [key, exception] of exceptions) {
    const access = exception.access & about.access;
    if (exception.type !== about.type || access === 0) continue;
    if (!meet(exception.major, about.major) || !meet(exception.minor, about.minor)) continue;
    if (!covers(about.major, exception.major) || !covers(about.minor, exception.minor)) {
      throw new RuntimeError(
        `linux.resources.${property}: cgroup v1 cannot make ${print(about)} an exception from ${print(exception)} before it`,
      );
    }
    if (exception.access === access) exceptions.delete(key);
    else exceptions.set(key, { ...exception, access: exception.access & ~access });
  }
}

function meet(a: number, b: number): boolean {
  return a === b || a === -1 || b === -1;
}

function covers(wide: number, narrow: number): boolean {
  return wide === -1 || wide === narrow;
}

/** `c 1:* rwm` */
function print({ type, major, minor, access }: Devices): string {
  const number = (value: number) => (value === -1 ? "*" : String(value));
  const letters = `${access & READ ? "r" : ""}${access & WRITE ? "w" : ""}${access & MKNOD ? "m" : ""}`;
  return `${type} ${number(major)}:${number(minor)} ${letters}`;
}
