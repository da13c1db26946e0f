/** What is written down of a new container: for all commands, and for those that run another program in it. */
import type { Config } from "../config/schema.ts";
import { CLONE } from "../linux/sched.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { ExecRecord } from "../state/exec-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { geteuid } from "../sys/process.ts";

/** The record of a container that has neither process nor cgroup yet. */
export function newRecord(spec: ContainerSpec): ContainerRecord {
  const { poststart, poststop } = spec.hooks;
  return {
    format: 1,
    id: spec.id,
    bundle: spec.bundle,
    rootfs: spec.root.path,
    rootPlace: spec.root.place,
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

/** What `exec` needs to know: a bundle that has changed since is of no account. */
export function execRecord(config: Config, spec: ContainerSpec): ExecRecord {
  return {
    process: config.process,
    linux: pickPolicies(config),
    namespaces: ownNamespaces(spec),
    newKeyring: spec.newKeyring,
    seccomp: spec.seccomp,
  };
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
