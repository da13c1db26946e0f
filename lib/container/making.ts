/** What there is of a container while it is being made, so that all of it can be taken away when that fails. */

import { describe, during } from "../base/errors.ts";
import { type Adoption, applyAfterInit, type CreatedCgroup, createCgroup } from "../cgroup/create.ts";
import { giveCgroup } from "../cgroup/ownership.ts";
import { killsInSlice } from "../cgroup/shortage.ts";
import type { Config } from "../config/schema.ts";
import type { StartSteps } from "../init/start-steps.ts";
import { joinResctrl, makeResctrl } from "../resctrl/groups.ts";
import type { ResctrlPlan } from "../resctrl/plan.ts";
import { cgroupOwner } from "../spec/cgroup-owner.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import type { NetDeviceSpec } from "../spec/net-devices.ts";
import type { ContainerRecord } from "../state/record.ts";
import { type Lock, writeRecord } from "../state/store.ts";
import { destroy, type Warn } from "./destroy.ts";
import type { LiveRecord } from "./launch-init.ts";
import { MovedDevices } from "./net-devices.ts";
import { outOfMemory } from "./out-of-memory.ts";

/** Where the groups of a container are going to be on this host. */
export interface Places {
  /** undefined: it stays in the runtime's own cgroup. */
  readonly cgroup: CgroupRecord | undefined;
  readonly resctrl: ResctrlPlan | undefined;
}

/** Its methods are called in the order in which they stand here. */
export class Making {
  readonly #lock: Lock;
  readonly #config: Config;
  readonly #places: Places;
  readonly #rootless: () => boolean;
  /** What there is so far. */
  #record: ContainerRecord;
  #cgroup: CreatedCgroup | undefined;
  #devices: MovedDevices | undefined;
  /** See killsInSlice. */
  #killsBefore: bigint | undefined;

  /**
   * Writes the record before anything else is made: whatever happens to this command, `delete` knows what to look for.
   * @param empty the record of a container that has neither process nor groups yet
   */
  constructor(lock: Lock, config: Config, places: Places, empty: ContainerRecord, rootless: () => boolean) {
    this.#lock = lock;
    this.#config = config;
    this.#places = places;
    this.#rootless = rootless;
    // The places may be others': until they are made, what is to be taken away is the state alone.
    this.#record = empty;
    writeRecord(lock, { ...empty, cgroup: places.cgroup, resctrl: places.resctrl?.record });
  }

  /** The groups that are there before the container's first process. @returns the cgroup for it to join, if it is not systemd's to make */
  makeGroups(): CreatedCgroup | undefined {
    const { cgroup, resctrl } = this.#places;
    if (resctrl !== undefined) {
      makeResctrl(resctrl);
      this.#record = { ...this.#record, resctrl: resctrl.record };
    }
    if (cgroup !== undefined && cgroup.scope === undefined) this.#makeCgroup(cgroup);
    return this.#cgroup;
  }

  /** Has systemd make the cgroup, around process `pid`. */
  adopt(pid: number): void {
    const { id, annotations } = this.#record;
    const { cgroup } = this.#places;
    if (cgroup === undefined) return;
    this.#killsBefore = killsInSlice(cgroup);
    this.#makeCgroup(cgroup, { id, pid, annotations });
  }

  #makeCgroup(place: CgroupRecord, adoption?: Adoption): void {
    const { cgroupsPath, resources } = this.#config.linux ?? {};
    const asked = {
      ...(cgroupsPath && { cgroupsPath }),
      ...(resources && { resources }),
      rootless: this.#rootless,
    };
    const made = during("create the container's cgroup", () => createCgroup(place, asked, adoption));
    this.#cgroup = made;
    // Where all hierarchies are closed to the runtime, the container stays in the runtime's own cgroup.
    if (isSomewhere(made.record)) this.#record = { ...this.#record, cgroup: made.record };
    const owner = cgroupOwner(this.#config, made.record.version);
    if (owner !== undefined && owner !== this.#record.owner) {
      during("give the container its cgroup", () => giveCgroup(made.record, owner));
    }
  }

  /** The first process is there, and waits or mounts. */
  born(process: LiveRecord["process"], startSteps: StartSteps): LiveRecord {
    const record = { ...this.#record, process, startSteps };
    this.#record = record;
    writeRecord(this.#lock, record);
    if (this.#places.resctrl !== undefined) joinResctrl(this.#places.resctrl.record, process.pid);
    if (this.#cgroup !== undefined) applyAfterInit(this.#cgroup);
    return record;
  }

  /** The first process is in its network namespace, and waits for its devices. */
  moveDevices(pid: number, devices: readonly NetDeviceSpec[]): void {
    this.#devices = new MovedDevices(pid);
    this.#devices.move(devices);
  }

  /** The container is whole. */
  finish(): void {
    this.#devices?.close();
  }

  /** It will not be: takes away what there is. @returns the error with what more is to be said of it */
  undo(root: string, error: unknown, warn: Warn): unknown {
    // While there is a namespace to bring them back from: those that are no hardware end with it.
    this.#devices?.bringBack(warn);
    // While there is a cgroup to ask.
    const explained = outOfMemory(this.#record, error, this.#killsBefore);
    try {
      destroy(root, this.#lock, this.#record, warn);
    } catch (failed) {
      // What fails now is no reason to hide the first failure.
      warn(describe(failed));
    }
    return explained;
  }
}

function isSomewhere({ paths, scope }: CgroupRecord): boolean {
  return scope !== undefined || Object.keys(paths).length > 0;
}
