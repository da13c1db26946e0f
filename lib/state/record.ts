/** What runt remembers of a container between two commands: one JSON file, `state.json`, in the container's state directory. */
import type { StartSteps } from "../init/start-steps.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import type { HookSpec, ListenerSpec } from "../spec/container-spec.ts";
import type { ResctrlRecord } from "../spec/resctrl-record.ts";

/** Everything that a later command needs; the container's config.json is not looked at again. */
export interface ContainerRecord {
  /** Of this format; a record of another one is refused. */
  readonly format: 1;
  readonly id: string;
  readonly bundle: string;
  readonly rootfs: string;
  /** Where the root is mounted on the host, of a container that has no mount namespace but the runtime's. */
  readonly rootPlace: string | undefined;
  /** RFC 3339, UTC. */
  readonly created: string;
  /** The user id that created it. */
  readonly owner: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Its first process, once there is one. With its start time it can't be mistaken for another. */
  readonly process: { readonly pid: number; readonly startTime: number } | undefined;
  /** Its end is not the end of all others in the container: it has no pid namespace of its own. */
  readonly sharesPids: boolean;
  readonly cgroup: CgroupRecord | undefined;
  readonly resctrl: ResctrlRecord | undefined;
  readonly hooks: { readonly poststart: readonly HookSpec[]; readonly poststop: readonly HookSpec[] };
  /** What the init program does after `start`, in words, by the index of the step: for the error of a step that fails then. */
  readonly startSteps: StartSteps;
  /** Who is to get the listener of the seccomp filter. */
  readonly listener: ListenerSpec | undefined;
  /** It has a socket for what it has to tell the service manager, sd_notify(3). */
  readonly notifies: boolean;
  /** config.json had a `process`. */
  readonly startable: boolean;
}
