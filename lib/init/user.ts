/** Who the user's program is: ids, umask, capabilities and limits; the order is the one the kernel's checks allow. */

import { CAPABILITIES, LINUX_CAPABILITY_VERSION_3 } from "../linux/capabilities.ts";
import { E } from "../linux/errno.ts";
import { AT } from "../linux/fcntl.ts";
import { PR, PR_CAP_AMBIENT } from "../linux/prctl.ts";
import { RLIMITS } from "../linux/rlimits.ts";
import { STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Step, slot } from "../program/step.ts";
import type { CapabilitiesSpec, ContainerSpec, ProcessSpec } from "../spec/container-spec.ts";
import { NULL_DEVICE } from "./device-bind.ts";

/** The highest capability that runt has a name for, and as many as a set has room for; a kernel answers EINVAL for one it lacks. */
const LAST_CAPABILITY = Math.max(...Object.values(CAPABILITIES));
const CAPABILITIES_MAX = 64;
const CAP_SYS_ADMIN = 1n << BigInt(CAPABILITIES.CAP_SYS_ADMIN);

/** Descriptors that the program itself must be able to have until it executes the user's. */
const OWN_DESCRIPTORS = 64n;

/** `process.rlimits` as they can be while this program runs; see lastRlimits. */
export function firstRlimits({ rlimits }: ProcessSpec): readonly Rlimit[] {
  return rlimits.map((limit) =>
    isTooFew(limit) ? { ...limit, soft: OWN_DESCRIPTORS, hard: larger(limit.hard) } : limit,
  );
}

/** setrlimit(2) for each of them, while there is the right to raise one. */
export function setRlimits(process: ProcessSpec): Step[] {
  return firstRlimits(process).map(setRlimit);
}

/** Limits that this program could not do with; to lower them needs no right. */
export function lastRlimits({ rlimits }: ProcessSpec): Step[] {
  return rlimits.filter(isTooFew).map(setRlimit);
}

type Rlimit = ProcessSpec["rlimits"][number];

function isTooFew({ resource, soft }: Rlimit): boolean {
  return resource === RLIMITS.RLIMIT_NOFILE && soft < OWN_DESCRIPTORS;
}

function larger(limit: bigint): bigint {
  return limit < OWN_DESCRIPTORS ? OWN_DESCRIPTORS : limit;
}

function setRlimit({ name, resource, soft, hard }: Rlimit): Step {
  const limits = new Uint8Array(new BigUint64Array([soft, hard]).buffer);
  return call(`set ${name} to ${soft}:${hard}`, "prlimit64", [0, resource, limits, 0]);
}

/**
 * Gives stdin, stdout and stderr to the user, who could otherwise not open /dev/stdout anew. A null device is the host's own
 * and is left alone; so is what cannot be given away.
 */
export function chownStdio({ uid }: ProcessSpec): Step[] {
  if (uid === 0) return [];
  const status = buffer("statx", STATX_SIZE);
  const doing = "give stdio to the user";
  return [0, 1, 2].map(
    (fd): Step => ({
      op: "attempt",
      on: "any",
      otherwise: [],
      steps: [
        call(doing, "statx", [fd, "", AT.EMPTY_PATH, STATX.BASIC_STATS, status]),
        {
          op: "when",
          value: at(status, STATX_OFFSET.rdev_major, 8),
          equals: NULL_DEVICE,
          then: [],
          otherwise: [call(doing, "fchown", [fd, uid, -1])],
        },
      ],
    }),
  );
}

/** The ids 0 of a user namespace; where they are not mapped, those of the user's program. */
export function takeRootIds({ process }: Pick<ContainerSpec, "process">): Step[] {
  const { uid = 0, gid = 0 } = process ?? {};
  return [
    {
      op: "attempt",
      steps: [call("become the container's root", "setresgid", [0, 0, 0])],
      on: [E.EINVAL],
      otherwise: [call(`become the container's group ${gid}`, "setresgid", [gid, gid, gid])],
    },
    {
      op: "attempt",
      steps: [call("become the container's root", "setresuid", [0, 0, 0])],
      on: [E.EINVAL],
      otherwise: [call(`become the container's user ${uid}`, "setresuid", [uid, uid, uid])],
    },
  ];
}

/** Groups first, while there is the right to set them; capabilities outlive the change of the user id until they are set. */
export function becomeUser(process: ProcessSpec): Step[] {
  const { uid, gid, additionalGids, umask } = process;
  return [
    call("keep capabilities across setresuid", "prctl", [PR.SET_KEEPCAPS, 1, 0, 0, 0]),
    ...(additionalGids === undefined ? [] : [setGroups(additionalGids)]),
    call(`set the group to ${gid}`, "setresgid", [gid, gid, gid]),
    call(`set the user to ${uid}`, "setresuid", [uid, uid, uid]),
    call(`set the umask to 0${umask.toString(8)}`, "umask", [umask]),
  ];
}

function setGroups(gids: readonly number[]): Step {
  return call(
    `set additional groups to [${gids.join(", ")}]`,
    "setgroups",
    [gids.length, new Uint8Array(new Uint32Array(gids).buffer)],
    // A user namespace that its own user has mapped cannot give up groups, user_namespaces(7).
    gids.length === 0 ? { tolerate: [E.EPERM] } : undefined,
  );
}

const CAPABILITY = slot("capability");
const DROP = call("drop capability {} from the bounding set", "prctl", [PR.CAPBSET_DROP, CAPABILITY, 0, 0, 0], {
  tolerate: [E.EINVAL],
});

function drop(items: readonly [number][]): Step {
  return { op: "each", items, into: [CAPABILITY], steps: [DROP] };
}

function dropNewer(last: number): Step[] {
  const next = slot("the next capability");
  const doing = "look for capabilities without a name";
  return [
    call(doing, "prctl", [PR.CAPBSET_READ, last + 1, 0, 0, 0], { result: next, tolerate: [E.EINVAL] }),
    { op: "when", value: next, equals: -E.EINVAL, then: [], otherwise: [drop(numbers(last + 1, CAPABILITIES_MAX))] },
  ];
}

function numbers(first: number, end: number): [number][] {
  return Array.from({ length: end - first }, (_, index) => [first + index]);
}

/** How capabilities are dropped by a program that has names for all up to `last`. */
export function capabilityLimiter(last: number): (capabilities: CapabilitiesSpec) => Step[] {
  const named = numbers(0, last + 1);
  const newer = dropNewer(last);
  return ({ bounding }) => {
    const low = Number(bounding & 0xffffffffn);
    const high = Number(bounding >> 32n);
    const items = named.filter((_, capability) => (((capability < 32 ? low : high) >>> (capability & 31)) & 1) === 0);
    return [drop(items), ...newer];
  };
}

/**
 * Drops from the bounding set what is not in `bounding`: needs CAP_SETPCAP, hence comes before the user changes. A later kernel's
 * capabilities have no names here, so that nobody can have asked for them: they are dropped by their numbers.
 */
export const limitCapabilities = capabilityLimiter(LAST_CAPABILITY);

/**
 * capset(2) and the ambient set. A filter can be loaded only with no_new_privs or CAP_SYS_ADMIN: without the former the latter
 * is kept until execve(2), which computes the program's sets from the inheritable, bounding and ambient ones alone.
 */
export function setCapabilities(capabilities: CapabilitiesSpec, { keepSysAdmin }: { keepSysAdmin: boolean }): Step[] {
  const { inheritable, ambient } = capabilities;
  const extra = keepSysAdmin ? CAP_SYS_ADMIN : 0n;
  const effective = capabilities.effective | extra;
  const permitted = capabilities.permitted | extra;
  const header = new Uint8Array(new Uint32Array([LINUX_CAPABILITY_VERSION_3, 0]).buffer);
  const sets = [effective, permitted, inheritable];
  const data = new Uint32Array([
    ...sets.map((set) => Number(set & 0xffffffffn)),
    ...sets.map((set) => Number(set >> 32n)),
  ]);
  const steps: Step[] = [
    call("set capabilities", "capset", [header, new Uint8Array(data.buffer)]),
    call("clear ambient capabilities", "prctl", [PR.CAP_AMBIENT, PR_CAP_AMBIENT.CLEAR_ALL, 0, 0, 0]),
  ];
  for (let capability = 0; ambient >> BigInt(capability) !== 0n; capability++) {
    if (((ambient >> BigInt(capability)) & 1n) === 0n) continue;
    const doing = `raise ambient capability ${capability}`;
    steps.push(call(doing, "prctl", [PR.CAP_AMBIENT, PR_CAP_AMBIENT.RAISE, capability, 0, 0]));
  }
  return steps;
}
