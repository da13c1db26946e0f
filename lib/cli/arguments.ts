/**
 * The command line, as one table: every command with its arguments and options. The parser, the completion, the help
 * (whose sentences stand in descriptions.ts) and the types of what a command gets are read from it.
 */

/** What may stand behind a command, in this order. */
export interface Positional {
  readonly required: boolean;
  readonly choices?: readonly string[];
  /** It names a container that is there already. */
  readonly existing?: boolean;
  /** It takes all words from here on, those that look like options too: they are for another program. */
  readonly rest?: boolean;
}

/** An option, by its long name. `refused` is one that callers may know and this version can't do: why, or what it can. */
export type Option =
  | { readonly type: "boolean"; readonly alias?: string }
  | StringOption
  /** One that may be given many times. */
  | { readonly type: "array"; readonly alias?: string }
  | { readonly type: "number"; readonly alias?: string; readonly default: number }
  | { readonly type: "refused"; readonly reason: string };

export interface StringOption {
  readonly type: "string";
  readonly alias?: string;
  readonly default?: string;
  readonly choices?: readonly string[];
}

export interface Command {
  readonly positionals: Readonly<Record<string, Positional>>;
  readonly options: Readonly<Record<string, Option>>;
}

/** Those before the command; behind it they are understood too, unless the command has one of the same name. */
export const GLOBAL_OPTIONS = {
  root: { type: "string" },
  log: { type: "string" },
  "log-format": { type: "string", choices: ["text", "json"], default: "text" },
  "log-level": { type: "string", choices: ["error", "warning", "debug"] },
  debug: { type: "boolean" },
  "cgroup-manager": { type: "string", choices: ["cgroupfs", "systemd", "disabled"], default: "cgroupfs" },
  "systemd-cgroup": { type: "boolean", alias: "s" },
  rootless: { type: "string", choices: ["auto", "true", "false"], default: "auto" },
  help: { type: "boolean", alias: "h" },
  version: { type: "boolean", alias: "v" },
} as const satisfies Record<string, Option>;

const CONTAINER = { "container-id": { required: true, existing: true } } as const;
const NEW_CONTAINER = { "container-id": { required: true } } as const;

const CREATION = {
  bundle: { type: "string", alias: "b", default: "." },
  config: { type: "string", alias: "f" },
  "console-socket": { type: "string" },
  "pidfd-socket": { type: "string" },
  "pid-file": { type: "string" },
  "no-pivot": { type: "boolean" },
  "no-new-keyring": { type: "boolean" },
  "preserve-fds": { type: "number", default: 0 },
} as const;

export const COMMANDS = {
  create: { positionals: NEW_CONTAINER, options: CREATION },
  start: { positionals: CONTAINER, options: {} },
  state: { positionals: CONTAINER, options: {} },
  kill: {
    positionals: { ...CONTAINER, signal: { required: false } },
    options: { all: { type: "boolean", alias: "a" }, regex: { type: "boolean", alias: "r" } },
  },
  delete: {
    positionals: CONTAINER,
    options: { force: { type: "boolean", alias: "f" }, regex: { type: "boolean", alias: "r" } },
  },
  run: {
    positionals: NEW_CONTAINER,
    options: {
      ...CREATION,
      detach: { type: "boolean", alias: "d" },
      keep: { type: "boolean" },
      "no-subreaper": { type: "boolean" },
    },
  },
  exec: {
    positionals: { ...CONTAINER, args: { required: false, rest: true } },
    options: {
      process: { type: "string", alias: "p" },
      cwd: { type: "string" },
      env: { type: "array", alias: "e" },
      tty: { type: "boolean", alias: "t" },
      user: { type: "string", alias: "u" },
      "additional-gids": { type: "array", alias: "g" },
      detach: { type: "boolean", alias: "d" },
      "pid-file": { type: "string" },
      "console-socket": { type: "string" },
      "pidfd-socket": { type: "string" },
      "preserve-fds": { type: "number", default: 0 },
      cap: { type: "array", alias: "c" },
      "no-new-privs": { type: "boolean" },
      apparmor: { type: "string" },
      "process-label": { type: "string" },
      cgroup: { type: "array" },
      "ignore-paused": { type: "boolean" },
    },
  },
  list: {
    positionals: {},
    options: {
      format: { type: "string", alias: "f", choices: ["table", "json"], default: "table" },
      quiet: { type: "boolean", alias: "q" },
    },
  },
  pause: { positionals: CONTAINER, options: {} },
  resume: { positionals: CONTAINER, options: {} },
  ps: {
    positionals: { ...CONTAINER, "ps-options": { required: false, rest: true } },
    options: { format: { type: "string", alias: "f", choices: ["table", "json"], default: "table" } },
  },
  events: {
    positionals: CONTAINER,
    options: { interval: { type: "string", default: "5s" }, stats: { type: "boolean" } },
  },
  update: {
    positionals: CONTAINER,
    options: {
      resources: { type: "string", alias: "r" },
      "device-rules": { type: "string" },
      "blkio-weight": { type: "string" },
      "cpu-burst": { type: "string" },
      "cpu-idle": { type: "string" },
      "cpu-period": { type: "string" },
      "cpu-quota": { type: "string" },
      "cpu-rt-period": { type: "string" },
      "cpu-rt-runtime": { type: "string" },
      "cpu-share": { type: "string" },
      "cpuset-cpus": { type: "string" },
      "cpuset-mems": { type: "string" },
      "l3-cache-schema": { type: "string" },
      "mem-bw-schema": { type: "string" },
      memory: { type: "string" },
      "memory-reservation": { type: "string" },
      "memory-swap": { type: "string" },
      "pids-limit": { type: "string" },
      "kernel-memory": { type: "string" },
      "kernel-memory-tcp": { type: "string" },
    },
  },
  spec: {
    positionals: {},
    options: {
      bundle: { type: "string", alias: "b", default: "." },
      file: { type: "string", alias: "f", default: "config.json" },
      rootless: { type: "boolean" },
    },
  },
  features: { positionals: {}, options: {} },
  completion: { positionals: { shell: { required: false, choices: ["bash", "zsh"] } }, options: {} },
  help: { positionals: { command: { required: false } }, options: {} },
  version: { positionals: {}, options: {} },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

type Choice<T, Any> = T extends { readonly choices: readonly (infer C)[] } ? C : Any;

type OptionValue<O> = O extends { readonly type: "boolean" }
  ? boolean
  : O extends { readonly type: "number" }
    ? number
    : O extends { readonly type: "array" }
      ? readonly string[]
      : Choice<O, string> | (O extends { readonly default: string } ? never : undefined);

type OptionValues<Options> = {
  readonly [Name in keyof Options as Options[Name] extends { readonly type: "refused" } ? never : Name]: OptionValue<
    Options[Name]
  >;
};

type PositionalValue<P> = P extends { readonly rest: true }
  ? readonly string[]
  : Choice<P, string> | (P extends { readonly required: true } ? never : undefined);

type PositionalValues<Positionals> = { readonly [Name in keyof Positionals]: PositionalValue<Positionals[Name]> };

/** What a command gets, by the names of the table: `args["pid-file"]`; what was not given is its default, false or undefined. */
export type Arguments<Name extends CommandName> = PositionalValues<(typeof COMMANDS)[Name]["positionals"]> &
  OptionValues<(typeof COMMANDS)[Name]["options"]>;

/** The values of GLOBAL_OPTIONS. */
export type GlobalArguments = OptionValues<typeof GLOBAL_OPTIONS>;

/** The command to run, with its arguments. */
export type Call<Name extends CommandName = CommandName> = {
  [N in Name]: { readonly command: N; readonly args: Arguments<N> };
}[Name];

/** What every command gets besides its own arguments. */
export interface Globals extends GlobalArguments {
  /** Absolute path of the directory that holds the state of all containers. */
  readonly root: string;
  /** Tells of what is not as asked for and yet no error. */
  readonly warn: (message: string) => void;
}
