/**
 * The allowed devices of config-linux.md § Allowed Device list on cgroup v1, kernel cgroup-v1/devices.rst. There a cgroup
 * allows all devices or none, with a list of exceptions; an exception cannot have exceptions. The rules are played through
 * here, in order, and what they come to is written.
 */
import { RuntimeError } from "../base/errors.ts";
import type { DeviceRule, Resources } from "../config/schema.ts";
import type { Write } from "./write.ts";

/** Accesses, the bits of a set of them; and how the kernel spells each set. */
const READ = 1;
const WRITE = 2;
const MKNOD = 4;
const ALL = READ | WRITE | MKNOD;
const SPELLINGS = ["", "r", "w", "rw", "m", "rm", "wm", "rwm"];

/** What is allowed or denied of which devices, by the kernel's words for them: `c 1:3`, `b 8:*`, `c *:*`. */
type Exceptions = Map<string, number>;

/** What every container can use: config-linux.md § Default Devices, terminals, making nodes (not opening them), and tun. */
const DEFAULT_DEVICES: readonly (readonly [string, number])[] = [
  ["c *:*", MKNOD],
  ["b *:*", MKNOD],
  ["c 1:3", ALL], // null
  ["c 1:5", ALL], // zero
  ["c 1:7", ALL], // full
  ["c 1:8", ALL], // random
  ["c 1:9", ALL], // urandom
  ["c 5:0", ALL], // tty
  ["c 5:2", ALL], // ptmx
  ["c 136:*", ALL], // pts/*
  ["c 10:200", ALL], // net/tun, which VPN images have had from runc since its first days
];

/**
 * devices.deny and devices.allow of a list of rules, which begins from "nothing is allowed". Without rules there is nothing to
 * write: the cgroup has its parent's devices.
 * @throws RuntimeError for a rule without access, and for what v1 cannot express: an exception from an exception
 */
export function deviceWrites({ devices }: Resources): Write[] {
  if (!devices?.length) return [];
  let allowed = false;
  const exceptions: Exceptions = new Map();
  for (let index = 0; index < devices.length; index++) {
    const rule = devices[index] as DeviceRule;
    const { allow, type = "a" } = rule;
    const access = accessOf(rule, index);
    const numbers = `${numberOf(rule.major)}:${numberOf(rule.minor)}`;
    if (type === "a" && numbers === "*:*" && access === ALL) {
      allowed = allow;
      exceptions.clear();
      continue;
    }
    // The kernel knows `a` for all there is, not for a part of it.
    for (const about of type === "a" ? [`b ${numbers}`, `c ${numbers}`] : [`${type} ${numbers}`]) {
      if (allow !== allowed) except(exceptions, about, access);
      else revoke(exceptions, about, access, index);
    }
  }
  // With everything else allowed, what is denied was meant.
  if (!allowed) for (const [about, access] of DEFAULT_DEVICES) except(exceptions, about, access);
  const property = "devices";
  const writes: Write[] = [{ property, file: allowed ? "devices.allow" : "devices.deny", value: "a" }];
  const file = allowed ? "devices.deny" : "devices.allow";
  for (const [about, access] of exceptions) writes.push({ property, file, value: `${about} ${SPELLINGS[access]}` });
  return writes;
}

function numberOf(number = -1): string {
  return number === -1 ? "*" : String(number);
}

function accessOf({ access = "" }: DeviceRule, index: number): number {
  const bits =
    (access.includes("r") ? READ : 0) | (access.includes("w") ? WRITE : 0) | (access.includes("m") ? MKNOD : 0);
  if (bits !== 0) return bits;
  throw new RuntimeError(`linux.resources.devices/${index}: access must be some of r, w and m: it is empty`);
}

function except(exceptions: Exceptions, about: string, access: number): void {
  exceptions.set(about, (exceptions.get(about) ?? 0) | access);
}

/** Takes devices out of the exceptions again. */
function revoke(exceptions: Exceptions, about: string, access: number, index: number): void {
  const [, type, major, minor] = partsOf(about);
  for (const [exception, present] of exceptions) {
    // Without a wildcard, devices are the same or have nothing to do with each other.
    if (exception !== about && !exception.includes("*") && !about.includes("*")) continue;
    const [, itsType, itsMajor, itsMinor] = partsOf(exception);
    if (itsType !== type || (present & access) === 0) continue;
    if (!meet(itsMajor, major) || !meet(itsMinor, minor)) continue;
    if (!covers(major, itsMajor) || !covers(minor, itsMinor)) {
      const [part, whole] = [`${about} ${SPELLINGS[access]}`, `${exception} ${SPELLINGS[present]}`];
      throw new RuntimeError(
        `linux.resources.devices/${index}: cgroup v1 cannot make ${part} an exception from ${whole} before it`,
      );
    }
    if ((present & ~access) === 0) exceptions.delete(exception);
    else exceptions.set(exception, present & ~access);
  }
}

function partsOf(about: string): readonly string[] {
  return /(.) (.*):(.*)/.exec(about) as readonly string[];
}

function meet(a: string | undefined, b: string | undefined): boolean {
  return a === b || a === "*" || b === "*";
}

function covers(wide: string | undefined, narrow: string | undefined): boolean {
  return wide === "*" || wide === narrow;
}
