/** What the parent gives to the init program by inheritance: descriptors, open at these numbers when the program begins. */

/** Descriptor numbers in the program; those that a container does not need are undefined. */
export interface Handles {
  /** A page shared with the parent, where a failed step is reported. */
  readonly report: number;
  /** Stream socket to the parent: bytes of SYNC go both ways. */
  readonly sync: number;
  /** The file with what init goes on with: see rest.ts. */
  readonly rest: number;
  /** Datagram socket on which `runt start` says go. */
  readonly start: number;
  /** Socket that is to receive the terminal's master side. */
  readonly console: number | undefined;
  /** A file with the state document for createContainer and startContainer hooks, on their stdin. */
  readonly hookState: number | undefined;
  /** Where hooks print: files of the user's, or one that collects it for the error of a hook that fails. */
  readonly hookOutput: CollectedOutput | undefined;
  readonly cgroup: CgroupEntry;
  /** User namespaces by which ids of mounts are mapped, in the order of `idMaps`. */
  readonly idMaps: readonly number[];
}

/** Descriptors that hooks print to. */
export interface HookOutput {
  readonly stdout: number;
  readonly stderr: number;
}

/** With the file that collects what goes to no file of the user's. */
export interface CollectedOutput extends HookOutput {
  readonly collected: number;
}

/** Those of a program that runs in a container that is there already. */
export interface ExecHandles extends Pick<Handles, "report" | "sync" | "console" | "cgroup"> {
  /** pidfd of the container's first process. */
  readonly container: number;
  /** Socket from which it takes what goes to the agent of its seccomp filter. */
  readonly agent: number | undefined;
}

/** The numbers of all of them. */
export function descriptors(handles: Handles | ExecHandles): number[] {
  const { report, sync, console, cgroup } = handles;
  const common = [report, sync, console, cgroup.memory, cgroup.directory];
  const all =
    "container" in handles ? [...common, handles.container, handles.agent] : [...common, ...ownOfInit(handles)];
  return all.filter((fd) => fd !== undefined);
}

function ownOfInit({ rest, start, hookState, hookOutput, idMaps }: Handles): (number | undefined)[] {
  return [...idMaps, rest, start, hookState, hookOutput?.stdout, hookOutput?.stderr];
}

/** How the program enters the container's cgroup. */
export interface CgroupEntry {
  /** cgroup v1: the `tasks` files of the container's cgroup, one a hierarchy. */
  readonly tasks: readonly string[];
  /** The one of the hierarchy that counts memory, if init is to join it as the last thing before it waits for `start`. */
  readonly memory: number | undefined;
  /** The program waits until the runtime has had it put into its cgroup, which init then inherits. */
  readonly adopted?: boolean;
  /** cgroup v2: the directory of the container's cgroup, for CLONE_INTO_CGROUP. */
  readonly directory: number | undefined;
}

/** The container is in a cgroup of its own, and not in the runtime's. */
export function isPlaced({ cgroup: { tasks, directory, adopted } }: Pick<Handles, "cgroup">): boolean {
  return tasks.length > 0 || directory !== undefined || adopted === true;
}

/** What parent and program say to each other on the sync socket, one byte each. */
export const SYNC = {
  /** Program: it is in its network namespace. Parent: the network devices are there too. */
  network: "n",
  /** Program: it waits to be put into the container's cgroup. Parent: it is in it. */
  cgroup: "c",
  /** Program: mounts are done, the hooks of the runtime's namespaces may run. Parent: they have. */
  hooks: "h",
  /** Program: everything is done but the program of the user; waiting for `start`. */
  ready: "r",
} as const;
