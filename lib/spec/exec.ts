/** The process of `exec`: what the command line says goes over a process file, and that over the container's own process. */
import { RuntimeError } from "../base/errors.ts";
import type { Process } from "../config/schema.ts";
import { CAPABILITIES } from "../linux/capabilities.ts";
import { nameOf, variablesOf } from "./environment.ts";

/** What the command line says; undefined or empty where it says nothing. */
export interface ProcessFlags {
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** `NAME=VALUE` each. */
  readonly env: readonly string[];
  readonly terminal: boolean;
  /** `UID` or `UID:GID`. */
  readonly user: string | undefined;
  readonly additionalGids: readonly string[];
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly apparmorProfile: string | undefined;
  readonly selinuxLabel: string | undefined;
}

/**
 * The process as config.json would have it.
 * @param container the container's own process, undefined if it has none
 * @param file that of `--process`
 * @throws RuntimeError for a flag that can't be meant
 */
export function execProcess(container: Process | undefined, file: Process | undefined, flags: ProcessFlags): Process {
  const [program, ...rest] = flags.args.length > 0 ? flags.args : (file?.args ?? []);
  if (program === undefined) throw new RuntimeError("process args cannot be empty");
  const process: Process = { cwd: "/", ...container, ...file, args: [program, ...rest] };
  // A terminal is asked for anew: that the container has one says nothing.
  process.terminal = flags.terminal || (file?.terminal ?? false);
  if (flags.cwd !== undefined) process.cwd = absolutePath(flags.cwd);
  if (flags.env.length > 0) process.env = withVariables(process.env ?? [], flags.env);
  if (flags.user !== undefined) process.user = { ...ROOT, ...process.user, ...parseUser(flags.user) };
  if (flags.additionalGids.length > 0) {
    const gids = flags.additionalGids.map((gid) => parseId("additional gid", gid));
    process.user = { ...ROOT, ...process.user, additionalGids: [...(process.user?.additionalGids ?? []), ...gids] };
  }
  if (flags.capabilities.length > 0) process.capabilities = withCapabilities(process, flags.capabilities);
  if (flags.noNewPrivileges) process.noNewPrivileges = true;
  if (flags.apparmorProfile !== undefined) process.apparmorProfile = flags.apparmorProfile;
  if (flags.selinuxLabel !== undefined) process.selinuxLabel = flags.selinuxLabel;
  return process;
}

const ROOT = { uid: 0, gid: 0 } as const;

function absolutePath(path: string): string {
  if (!path.startsWith("/")) throw new RuntimeError(`cwd must be an absolute path: it is ${JSON.stringify(path)}`);
  return path;
}

/** A variable that is given anew takes the place of the old one. */
function withVariables(env: readonly string[], added: readonly string[]): string[] {
  const variables = variablesOf(env);
  for (const variable of added) {
    const name = nameOf(variable);
    if (name === "" || name === variable) {
      throw new RuntimeError(`invalid environment variable ${JSON.stringify(variable)}: it takes NAME=VALUE`);
    }
    variables.delete(name);
    variables.set(name, variable);
  }
  return [...variables.values()];
}

/** Numbers only: a name is the image's to define, which could make anyone root (CVE-2016-3697). */
function parseUser(text: string): { uid: number; gid?: number } {
  const colon = text.indexOf(":");
  if (colon < 0) return { uid: parseId("uid", text) };
  return { uid: parseId("uid", text.slice(0, colon)), gid: parseId("gid", text.slice(colon + 1)) };
}

/** All of it a decimal number below 2^32 - 1, which to setresuid(2) means "leave as it is" (CVE-2024-40635, CVE-2026-30892). */
function parseId(what: string, text: string): number {
  const id = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (id < 0xffff_ffff) return id;
  throw new RuntimeError(`bad ${what} ${JSON.stringify(text)}: it takes a number from 0 to 4294967294`);
}

type Capabilities = NonNullable<Process["capabilities"]>;

/** To the inheritable set none is ever added: a file's capabilities would come on top of it (CVE-2022-29162). */
function withCapabilities({ capabilities = {} }: Process, added: readonly string[]): Capabilities {
  const names = added.map(capabilityName);
  const { bounding = [], effective = [], permitted = [] } = capabilities;
  return {
    ...capabilities,
    bounding: [...bounding, ...names],
    effective: [...effective, ...names],
    permitted: [...permitted, ...names],
  };
}

function capabilityName(text: string): string {
  const upper = text.toUpperCase();
  const name = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  if (Object.hasOwn(CAPABILITIES, name)) return name;
  throw new RuntimeError(`unknown capability ${JSON.stringify(text)}`);
}
