/** Which file of which hierarchy each limit of linux.resources goes to, on this host. */
import { RuntimeError } from "../base/errors.ts";
import type { DeviceRule, Resources } from "../config/schema.ts";
import type { Instruction } from "../linux/bpf.ts";
import { deviceFilter } from "./device-filter.ts";
import { deviceWrites } from "./devices.ts";
import * as v1 from "./v1.ts";
import * as v2 from "./v2.ts";
import type { Write } from "./write.ts";

/** Writes to files of one cgroup directory. */
export interface Batch {
  /** The directory's key in CgroupRecord.paths, or a controller in one. */
  readonly hierarchy: string;
  /** The controllers of cgroup v2 that the files belong to; none of v1's. */
  readonly controllers: readonly string[];
  readonly writes: readonly Write[];
  /** The program that decides about devices on v2, instead of files; empty when everything is allowed. */
  readonly deviceFilter?: readonly Instruction[];
  /** The rules that these writes, or this program, come from. */
  readonly devices?: readonly DeviceRule[];
}

/** What of the host decides where a limit goes. */
export interface Carriers {
  readonly version: 1 | 2;
  /** Whether v1 controller `name` is mounted. */
  mounted(name: string): boolean;
  /** The controllers that the v2 hierarchy has: asked on a hybrid host only, for what v1 has not. */
  unified(): readonly string[];
  /** Whether the runtime lacks the rights of the host's root: asked when there are device rules. */
  rootless(): boolean;
}

type Writes = (resources: Resources) => Write[];

interface Controller {
  readonly v1: string;
  readonly v1Writes: Writes;
  /** Controllers of v1 that v2 does without have no name in it. */
  readonly v2: string | undefined;
  readonly v2Writes: Writes;
}

const CONTROLLERS: readonly Controller[] = [
  { v1: "cpuset", v1Writes: v1.cpusetWrites, v2: "cpuset", v2Writes: v1.cpusetWrites },
  { v1: "cpu", v1Writes: v1.cpuWrites, v2: "cpu", v2Writes: v2.cpuWrites },
  { v1: "memory", v1Writes: v1.memoryWrites, v2: "memory", v2Writes: v2.memoryWrites },
  { v1: "blkio", v1Writes: v1.blkioWrites, v2: "io", v2Writes: v2.ioWrites },
  { v1: "hugetlb", v1Writes: v1.hugetlbWrites, v2: "hugetlb", v2Writes: v2.hugetlbWrites },
  { v1: "rdma", v1Writes: v1.rdmaWrites, v2: "rdma", v2Writes: v1.rdmaWrites },
  { v1: "net_cls", v1Writes: v1.netClsWrites, v2: undefined, v2Writes: v2.networkWrites },
  { v1: "net_prio", v1Writes: v1.netPrioWrites, v2: undefined, v2Writes: v2.networkWrites },
];

const PIDS: Controller = { v1: "pids", v1Writes: v1.pidsWrites, v2: "pids", v2Writes: v1.pidsWrites };

/**
 * All limits but that on pids, in the order in which they are to be written.
 * @throws RuntimeError for a limit whose controller the host has not, or that its version of cgroups cannot express
 */
export function planResources(resources: Resources, host: Carriers): Batch[] {
  const batches: Batch[] = [];
  for (const controller of CONTROLLERS) add(batches, controller, resources, host);
  // Only the host's root may set device rules; who is not can't make a node to open a device by, either.
  if (resources.devices?.length && !host.rootless()) batches.push(planDevices(resources.devices, host));
  const writes = v2.unifiedWrites(resources);
  if (writes.length > 0) {
    if (host.version === 1 && !host.mounted("unified")) {
      throw new RuntimeError("linux.resources.unified is for cgroup v2: this host has v1 only");
    }
    const controllers = writes.map(({ file }) => file.slice(0, file.indexOf("."))).filter((name) => name !== "cgroup");
    batches.push({ hierarchy: "unified", controllers, writes });
  }
  return batches;
}

/**
 * The limit on pids, apart because on v1 it must wait for init: until then a stage of the runtime's is in the cgroup as well,
 * and with a limit of 1 could not make init.
 * @throws RuntimeError when the host has no pids controller
 */
export function planPids(resources: Resources, host: Carriers): Batch[] {
  const batches: Batch[] = [];
  add(batches, PIDS, resources, host);
  return batches;
}

function add(batches: Batch[], controller: Controller, resources: Resources, host: Carriers): void {
  if (host.version === 2) {
    const writes = controller.v2Writes(resources);
    if (writes.length > 0) batches.push(unifiedBatch(controller.v2, writes));
    return;
  }
  const writes = controller.v1Writes(resources);
  const first = writes[0];
  if (first === undefined) return;
  if (host.mounted(controller.v1)) {
    batches.push({ hierarchy: controller.v1, controllers: [], writes });
  } else if (controller.v2 !== undefined && host.unified().includes(controller.v2)) {
    batches.push(unifiedBatch(controller.v2, controller.v2Writes(resources)));
  } else {
    throw new RuntimeError(
      `linux.resources.${first.property} needs the ${controller.v1} controller, which this host does not have`,
    );
  }
}

/** Files of v1's controller, or a program for v2, where a hybrid host without that controller can have it too. */
function planDevices(devices: readonly DeviceRule[], host: Carriers): Batch {
  if (host.version === 1 && host.mounted("devices")) {
    return { hierarchy: "devices", controllers: [], writes: deviceWrites(devices), devices };
  }
  if (host.version === 1 && !host.mounted("unified")) {
    throw new RuntimeError("linux.resources.devices needs the devices controller, which this host does not have");
  }
  return { hierarchy: "unified", controllers: [], writes: [], deviceFilter: deviceFilter(devices), devices };
}

function unifiedBatch(controller: string | undefined, writes: readonly Write[]): Batch {
  return { hierarchy: "unified", controllers: controller === undefined ? [] : [controller], writes };
}
