/** From a bundle to a container that waits for `start`: what `create` and `run` have in common. */
import { describe, during } from "../base/errors.ts";
import { type Adoption, applyAfterInit, type CreatedCgroup, createCgroup } from "../cgroup/create.ts";
import { giveCgroup } from "../cgroup/ownership.ts";
import { placeCgroup } from "../cgroup/place.ts";
import { isRootless } from "../cgroup/rootless.ts";
import { placeScope } from "../cgroup/scope.ts";
import type { Config } from "../config/schema.ts";
import { CLONE } from "../linux/sched.ts";
import { makeNotifyDirectory } from "../process/notify.ts";
import { joinResctrl, makeResctrl, placeResctrl } from "../resctrl/groups.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import { cgroupOwner } from "../spec/cgroup-owner.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { type ExecRecord, writeExecRecord } from "../state/exec-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { createState, type Lock, removeState, writeRecord } from "../state/store.ts";
import type { Fd } from "../sys/file.ts";
import { geteuid } from "../sys/process.ts";
import { loadBundle } from "./bundle.ts";
import { destroy, type Warn } from "./destroy.ts";
import { type LiveRecord, launchInit } from "./launch-init.ts";
import { MovedDevices } from "./net-devices.ts";
import { outOfMemory } from "./out-of-memory.ts";
import { writePidFile } from "./pid-file.ts";
import { sendPidfd } from "./pidfd.ts";
import { specify } from "./specify.ts";

/** What `create` and `run` are asked for; paths are absolute. */
export interface CreateOptions {
  readonly root: string;
  readonly id: string;
  readonly bundle: string;
  /** Another file than the bundle's config.json. */
  readonly config: string | undefined;
  readonly consoleSocket: string | undefined;
  readonly pidFile: string | undefined;
  /** Gets the pidfd of the container's first process. */
  readonly pidfdSocket: string | undefined;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  readonly preserveFds: number;
  /** "disabled": the container stays in the runtime's own cgroup. */
  readonly cgroupManager: "cgroupfs" | "systemd" | "disabled";
  /** Whether the runtime lacks the rights of the host's root; "auto": as it seems. */
  readonly rootless: "auto" | "true" | "false";
  readonly warn: Warn;
}

/** A container that waits for `start`, its state locked by this command. */
export interface Creation {
  readonly record: LiveRecord;
  readonly lock: Lock;
}

/**
 * Makes the container up to the point where only the user's program is missing.
 * @param openConsole gives the socket for the terminal's master side, or says why there can be none
 * @throws RuntimeError; nothing is left behind then
 */
export function bringUp(options: CreateOptions, openConsole: (terminal: boolean) => Fd | undefined): Creation {
  const { path, config } = loadBundle(options.bundle, options.config);
  const lock = createState(options.root, options.id);
  let record: ContainerRecord | undefined;
  let devices: MovedDevices | undefined;
  try {
    const place = PLACERS[options.cgroupManager](options.id, config.linux?.cgroupsPath);
    const rootless = () => (options.rootless === "auto" ? isRootless() : options.rootless === "true");
    const spec = specify(config, { bundle: path, cgroup: place }, options);
    if (spec.notifyDirectory !== undefined) makeNotifyDirectory(lock.directory);
    const console = openConsole(spec.process?.terminal ?? false);
    const empty = newRecord(spec);
    record = empty;
    const rdt = config.linux?.intelRdt && placeResctrl(config.linux.intelRdt, options.id);
    // Written before anything else is made: whatever happens to this command, `delete` knows what to look for.
    writeRecord(lock, { ...empty, cgroup: place, resctrl: rdt?.record });
    const make = (at: CgroupRecord, adoption?: Adoption): CreatedCgroup => {
      const { cgroupsPath, resources } = config.linux ?? {};
      const asked = { ...(cgroupsPath && { cgroupsPath }), ...(resources && { resources }), rootless };
      const made = during("create the container's cgroup", () => createCgroup(at, asked, adoption));
      placed = { ...placed, cgroup: made.record };
      record = placed;
      const owner = cgroupOwner(config, made.record.version);
      if (owner !== undefined && owner !== empty.owner) {
        during("give the container its cgroup", () => giveCgroup(made.record, owner));
      }
      return made;
    };
    if (rdt !== undefined) makeResctrl(rdt);
    let placed: ContainerRecord = { ...empty, resctrl: rdt?.record };
    record = placed;
    let cgroup = place && place.scope === undefined ? make(place) : undefined;
    const born = launchInit(spec, {
      lock,
      join: cgroup?.join,
      adopt:
        place?.scope &&
        ((pid) => {
          cgroup = make(place, { id: options.id, pid, annotations: config.annotations });
        }),
      console,
      born: (process, startSteps) => {
        const alive = { ...placed, process, startSteps };
        record = alive;
        writeRecord(lock, alive);
        if (rdt !== undefined) joinResctrl(rdt.record, process.pid);
        if (cgroup) applyAfterInit(cgroup);
        // Not earlier: the container is being made meanwhile.
        writeExecRecord(lock, {
          process: config.process,
          linux: pickPolicies(config),
          namespaces: ownNamespaces(spec),
          newKeyring: spec.newKeyring,
          seccomp: spec.seccomp,
        });
        return alive;
      },
      network: (pid) => {
        devices = new MovedDevices(pid);
        devices.move(spec.netDevices);
      },
    });
    const receivers = [options.pidfdSocket, spec.annotations[ANNOTATIONS.pidfdReceiver]];
    for (const receiver of receivers) if (receiver) sendPidfd(receiver, born.process.pid);
    if (options.pidFile !== undefined) writePidFile(options.pidFile, born.process.pid);
    devices?.close();
    return { record: born, lock };
  } catch (error) {
    // While there is a namespace to bring them back from: those that are no hardware end with it.
    devices?.bringBack(options.warn);
    const explained = outOfMemory(record, error);
    if (record === undefined) removeState(options.root, lock);
    else undo(options, lock, record);
    throw explained;
  }
}

/** Where the managers want a container's cgroups to be. */
const PLACERS = { cgroupfs: placeCgroup, systemd: placeScope, disabled: () => undefined };

/** Removes what there is of a container whose creation has failed; what fails then is no reason to hide the first failure. */
function undo({ root, warn }: CreateOptions, lock: Lock, record: ContainerRecord): void {
  try {
    destroy(root, lock, record, warn);
  } catch (error) {
    warn(describe(error));
  }
}

function pickPolicies({ linux }: Config): ExecRecord["linux"] {
  return {
    ...(linux?.personality && { personality: linux.personality }),
    ...(linux?.memoryPolicy && { memoryPolicy: linux.memoryPolicy }),
  };
}

/** CLONE_NEW* of all namespaces that are not simply the runtime's. */
function ownNamespaces({ namespaces: { create, join } }: ContainerSpec): number {
  return join.reduce((flags, { flag }) => flags | flag, create);
}

/** The record of a container that has neither process nor cgroup yet. */
function newRecord(spec: ContainerSpec): ContainerRecord {
  const { poststart, poststop } = spec.hooks;
  return {
    format: 1,
    id: spec.id,
    bundle: spec.bundle,
    rootfs: spec.root.path,
    created: new Date().toISOString(),
    owner: geteuid(),
    annotations: spec.annotations,
    process: undefined,
    sharesPids: (spec.namespaces.create & CLONE.NEWPID) === 0,
    cgroup: undefined,
    resctrl: undefined,
    hooks: { poststart, poststop },
    startSteps: {},
    listener: spec.seccomp?.listener,
    notifies: spec.notifyDirectory !== undefined,
    startable: spec.process !== undefined,
  };
}
