/**
 * The allowed devices of config-linux.md § Allowed Device list on cgroup v1, kernel cgroup-v1/devices.rst. There a cgroup
 * allows all devices or none, with a list of exceptions; an exception cannot have exceptions. The rules are played through
 * here, in order, and what they come to is written.
 */
import { RuntimeError } from "../base/errors.ts";
import type { DeviceRule } from "../config/schema.ts";
import { accessOf, DEFAULT_DEVICES, isEverything, SPELLINGS } from "./device-rules.ts";
import type { Write } from "./write.ts";

/** What is allowed or denied of which devices, by the kernel's words for them: `c 1:3`, `b 8:*`, `c *:*`. */
type Exceptions = Map<string, number>;

const DEFAULTS = DEFAULT_DEVICES.map(({ type, major, minor, access }) => {
  return [`${type} ${numberOf(major)}:${numberOf(minor)}`, access] as const;
});

/** What a list of rules comes to: all devices are allowed or none, with exceptions. */
interface Outcome {
  readonly allowed: boolean;
  readonly exceptions: Exceptions;
}

/**
 * devices.deny and devices.allow of a list of rules, which begins from "nothing is allowed".
 * @throws RuntimeError for a rule without access, and for what v1 cannot express: an exception from an exception
 */
export function deviceWrites(devices: readonly DeviceRule[]): Write[] {
  const { allowed, exceptions } = outcomeOf(devices);
  const writes: Write[] = [{ property, file: allowed ? "devices.allow" : "devices.deny", value: "a" }];
  const file = allowed ? "devices.deny" : "devices.allow";
  for (const [about, access] of exceptions) writes.push({ property, file, value: `${about} ${SPELLINGS[access]}` });
  return writes;
}

/**
 * The same for a cgroup that is in use: from rules to rules without a moment at which everything is denied, and, where all but
 * some devices are denied before and after, possible with cgroups below it too.
 * @param list what devices.list says now: the exceptions, or one line when all devices are allowed, perhaps with exceptions
 */
export function deviceChanges(list: string, devices: readonly DeviceRule[]): Write[] {
  const { allowed, exceptions } = outcomeOf(devices);
  const present = parseList(list);
  if (allowed || present === undefined) return deviceWrites(devices);
  const differences = (file: string, from: Exceptions, to: Exceptions): Write[] => {
    return [...to].flatMap(([about, access]) => {
      const missing = access & ~(from.get(about) ?? 0);
      return missing === 0 ? [] : [{ property, file, value: `${about} ${SPELLINGS[missing]}` }];
    });
  };
  return [...differences("devices.allow", present, exceptions), ...differences("devices.deny", exceptions, present)];
}

const property = "devices";

/** Lines like `c 1:3 rwm`; undefined when everything is allowed. */
function parseList(list: string): Exceptions | undefined {
  const exceptions: Exceptions = new Map();
  for (const [, about, letters] of list.matchAll(/^(. \S+) (\S+)$/gm)) {
    if (about === "a *:*") return undefined;
    exceptions.set(about as string, SPELLINGS.indexOf(letters as string));
  }
  return exceptions;
}

/** Plays the rules through. @throws RuntimeError as deviceWrites does */
export function outcomeOf(devices: readonly DeviceRule[]): Outcome {
  let allowed = false;
  const exceptions: Exceptions = new Map();
  for (let index = 0; index < devices.length; index++) {
    const rule = devices[index] as DeviceRule;
    const { allow, type = "a" } = rule;
    const access = accessOf(rule.access, index);
    const numbers = `${numberOf(rule.major)}:${numberOf(rule.minor)}`;
    if (isEverything(rule)) {
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
  if (!allowed) for (const [about, access] of DEFAULTS) except(exceptions, about, access);
  return { allowed, exceptions };
}

function numberOf(number = -1): string {
  return number === -1 ? "*" : String(number);
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
