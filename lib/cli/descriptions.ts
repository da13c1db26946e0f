/** What each command, argument and option of the table is for, as the help says it; the types hold the two together. */
import type { COMMANDS, CommandName, GLOBAL_OPTIONS } from "./arguments.ts";

type Sentences<Table> = {
  readonly [Name in keyof Table as Table[Name] extends { readonly type: "refused" } ? never : Name]: string;
};

/** One command: what it does, and its arguments and options. */
export type Description<Name extends CommandName> = {
  readonly does: string;
  readonly positionals: Sentences<(typeof COMMANDS)[Name]["positionals"]>;
  readonly options: Sentences<(typeof COMMANDS)[Name]["options"]>;
};

export const GLOBAL_DESCRIPTIONS: Sentences<typeof GLOBAL_OPTIONS> = {
  root: "directory for the state of containers [default: /run/runt, or $XDG_RUNTIME_DIR/runt when not the host's root]",
  log: "file to which errors are appended, besides standard error; or journald:NAME, syslog:NAME for those services",
  "log-format": "how a line of the log is written",
  "log-level": "what is logged besides errors [default: warning, with --log: error]",
  debug: "the same as --log-level debug",
  "cgroup-manager": "who makes cgroups; disabled: containers get none",
  "systemd-cgroup": "the same as --cgroup-manager systemd: a container is a scope, cgroupsPath is slice:prefix:name",
  rootless: "whether to do without the cgroups that can't be made; auto: unless run by the host's root",
  help: "show this help",
  version: "show the versions of runt, of the specification and of libseccomp",
};

const CONTAINER = { "container-id": "name of the container" };
const MATCHING = "take the name as a regular expression: all containers that match";

const CREATION = {
  bundle: "directory of the bundle",
  config: "file to read in place of the bundle's config.json",
  "console-socket": "Unix socket that receives the terminal's master when process.terminal is set",
  "pid-file": "file to write the pid of the container to",
  "pidfd-socket": "Unix socket that receives a pidfd of the container's first process",
  "no-pivot": "change the root by MS_MOVE and chroot, where pivot_root can't: on an initial ramdisk",
  "no-new-keyring": "keep the session keyring of the caller",
  "preserve-fds": "pass this many descriptors from 3 on, besides $LISTEN_FDS",
};

export const DESCRIPTIONS: { readonly [Name in CommandName]: Description<Name> } = {
  create: {
    does: "Create a container; its program waits for start",
    positionals: { "container-id": "name of the container, not in use yet" },
    options: CREATION,
  },
  start: { does: "Start the program of a created container", positionals: CONTAINER, options: {} },
  state: { does: "Print the state of a container as JSON", positionals: CONTAINER, options: {} },
  kill: {
    does: "Send a signal to the init process of a container",
    positionals: {
      ...CONTAINER,
      signal: "name or number [default: the annotation org.opencontainers.image.stopSignal, or TERM]",
    },
    options: {
      all: "signal every process of the container (automatic when it shares its pid namespace)",
      regex: MATCHING,
    },
  },
  delete: {
    does: "Delete a stopped container",
    positionals: CONTAINER,
    options: { force: "kill it first if it is not stopped; a missing one is no error", regex: MATCHING },
  },
  run: {
    does: "Create and start a container, wait for its end, delete it",
    positionals: { "container-id": "name of the container, not in use yet" },
    options: {
      ...CREATION,
      detach: "return when its program has started",
      keep: "do not delete the container when it ends",
      "no-subreaper": "leave orphans of the container's processes to the host's init",
    },
  },
  exec: {
    does: "Run another program in a container",
    positionals: {
      ...CONTAINER,
      args: "the program and its arguments; all that follows the container's name is its own",
    },
    options: {
      process:
        "file with a process as in config.json; what it leaves out, but for args and cwd, is as in the container's",
      cwd: "directory to start in",
      env: "variable as NAME=VALUE, besides those of the container",
      tty: "give it a terminal: this one, unless it is for --console-socket",
      user: "who runs it, as numbers: UID or UID:GID",
      "additional-gids": "another group of the user",
      detach: "return when the program has started",
      "pid-file": "file to write the pid of the program to",
      "pidfd-socket": "Unix socket that receives a pidfd of the program",
      "console-socket": "Unix socket that receives the master of its terminal",
      "preserve-fds": "pass this many descriptors from 3 on",
      cap: "capability besides the container's; never an inheritable one",
      "no-new-privs": "nothing that it executes can gain privileges",
      apparmor: "AppArmor profile",
      "process-label": "SELinux label",
      cgroup:
        "run in this cgroup below the container's, which is there already; on cgroup v1 CONTROLLER[,CONTROLLER]:PATH too",
      "ignore-paused": "run in a paused container as well; the program waits until it is resumed",
    },
  },
  list: {
    does: "List the containers of this root directory",
    positionals: {},
    options: { format: "table, or JSON", quiet: "print names only" },
  },
  pause: {
    does: "Stop all processes of a container where they are, until resume",
    positionals: CONTAINER,
    options: {},
  },
  resume: { does: "Let the processes of a paused container go on", positionals: CONTAINER, options: {} },
  ps: {
    does: "Show the processes of a container, wherever below its cgroup they are",
    positionals: { ...CONTAINER, "ps-options": "options for ps(1), whose lines are shown [default: -ef]" },
    options: { format: "what ps(1) shows of them, or their pids as JSON" },
  },
  events: {
    does: "Print what a container uses, and when it runs out of memory, as lines of JSON until it ends",
    positionals: CONTAINER,
    options: { interval: "time between two lines: 5s, 500ms, 1m30s", stats: "print one line and end" },
  },
  update: {
    does: "Change the limits of a container; what is not given, and what is 0, stays as it is",
    positionals: CONTAINER,
    options: {
      resources: 'file of linux.resources as JSON, - for standard input; "devices" in it is ignored',
      "device-rules": "file of new rules for linux.resources.devices as JSON, - for standard input",
      "blkio-weight": "share of block I/O, 10 to 1000",
      "cpu-burst": "microseconds of unused quota that may be saved up",
      "cpu-idle": "1: run only when nobody else wants to; 0: as usual",
      "cpu-period": "length of a period, microseconds",
      "cpu-quota": "CPU time in each period, microseconds; -1 is no limit",
      "cpu-rt-period": "length of a real-time period, microseconds (cgroup v1)",
      "cpu-rt-runtime": "real-time CPU time in each such period, microseconds (cgroup v1)",
      "cpu-share": "share of CPU time, 2 to 262144",
      "cpuset-cpus": "CPUs to run on: 0-3,7",
      "cpuset-mems": "memory nodes to use: 0-3,7",
      "l3-cache-schema": "line for the schemata file of the container's resctrl group: L3:0=7f0;1=1f",
      "mem-bw-schema": "another one, for memory bandwidth: MB:0=20;1=70",
      memory: "limit of memory: bytes, or with k, m, g, t; -1 is no limit",
      "memory-reservation": "memory to come down to when the host runs short",
      "memory-swap": "limit of memory and swap together; -1 is no limit",
      "pids-limit": "how many tasks there may be; -1 is no limit",
      "kernel-memory": "obsolete: Linux has no such limit any more, so this is ignored",
      "kernel-memory-tcp": "obsolete: ignored like kernel-memory",
    },
  },
  spec: {
    does: "Write a config.json to start from",
    positionals: {},
    options: {
      bundle: "directory to write to",
      file: "name of the file",
      rootless: "for a user without rights, whose id is the container's root",
    },
  },
  features: {
    does: "Print what this runtime can do as JSON (features.md of the OCI specification)",
    positionals: {},
    options: {},
  },
  completion: {
    does: "Print a script that completes command lines",
    positionals: { shell: "which shell" },
    options: {},
  },
  help: { does: "Show the help of a command", positionals: { command: "which command" }, options: {} },
  version: { does: "Show the version", positionals: {}, options: {} },
};
