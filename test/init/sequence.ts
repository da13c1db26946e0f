/** A container to be created, for tests of what its init program does. */
import { createSequence } from "../../lib/init/create-sequence.ts";
import type { ExecHandles, Handles } from "../../lib/init/handles.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import type { Call, Step } from "../../lib/program/step.ts";
import type { ContainerSpec, ExecSpec, ProcessSpec } from "../../lib/spec/container-spec.ts";

export const PROCESS: ProcessSpec = {
  terminal: false,
  consoleSize: undefined,
  args: ["/bin/sh"],
  env: ["PATH=/bin"],
  cwd: "/",
  uid: 0,
  gid: 0,
  additionalGids: [],
  umask: 0o22,
  capabilities: { bounding: 0n, effective: 0n, inheritable: 0n, permitted: 0n, ambient: 0n },
  rlimits: [],
  noNewPrivileges: false,
  apparmorProfile: undefined,
  selinuxLabel: undefined,
  oomScoreAdj: undefined,
  scheduler: undefined,
  ioPriority: undefined,
  execCPUAffinity: undefined,
  preserveFds: 0,
};

export const SPEC: ContainerSpec = {
  id: "c1",
  bundle: "/bundle",
  namespaces: { create: CLONE.NEWNS | CLONE.NEWPID, join: [], timeOffsets: [] },
  userNamespace: undefined,
  root: {
    path: "/bundle/rootfs",
    readonly: true,
    hostPropagation: 0x84000,
    private: false,
    propagation: 0,
    noPivot: false,
    place: undefined,
  },
  mounts: [],
  devices: [],
  maskedPaths: ["/proc/kcore"],
  readonlyPaths: ["/proc/sys"],
  newKeyring: false,
  hostname: undefined,
  domainname: undefined,
  netDevices: [],
  sysctl: [],
  hooks: { prestart: [], createRuntime: [], createContainer: [], startContainer: [], poststart: [], poststop: [] },
  process: PROCESS,
  seccomp: undefined,
  personality: undefined,
  memoryPolicy: undefined,
  annotations: {},
  notifyDirectory: undefined,
  mountLabel: undefined,
};

export const HANDLES: Handles = {
  report: 10,
  sync: 11,
  start: 12,
  rest: 13,
  console: undefined,
  hookState: undefined,
  hookOutput: undefined,
  idMaps: [],
  cgroup: { tasks: [], memory: undefined, directory: undefined },
};

/** A process to be run in a container, and what its program is given. */
export const EXEC: ExecSpec = {
  id: "c1",
  pid: 42,
  namespaces: CLONE.NEWNS | CLONE.NEWPID,
  newKeyring: false,
  process: PROCESS,
  seccomp: undefined,
  personality: undefined,
  memoryPolicy: undefined,
};
export const EXEC_HANDLES: ExecHandles = {
  report: 10,
  sync: 11,
  console: undefined,
  cgroup: { tasks: [], memory: undefined, directory: undefined },
  container: 12,
  agent: undefined,
};

/** All calls of the program for a container that differs from SPEC, in the order of the code; a clone3 is one of them. */
export function callsOf(
  change: Partial<ContainerSpec> = {},
  handles: Partial<Handles> = {},
): Pick<Call, "call" | "args" | "doing">[] {
  const { first, rest } = createSequence({ ...SPEC, ...change }, { ...HANDLES, ...handles });
  return flatten([...first, ...rest()]);
}

export function flatten(steps: readonly Step[]): Pick<Call, "call" | "args" | "doing">[] {
  return steps.flatMap((step) => {
    switch (step.op) {
      case "call":
        return [step];
      case "clone":
        return [
          { call: "clone3" as const, args: [step.args], doing: step.doing },
          ...flatten(step.child),
          ...flatten(step.parent),
        ];
      case "attempt":
        return [...flatten(step.steps), ...flatten(step.otherwise)];
      case "when":
        return [...flatten(step.then), ...flatten(step.otherwise ?? [])];
      case "each":
      case "while":
        return flatten(step.steps);
      default:
        return [];
    }
  });
}
