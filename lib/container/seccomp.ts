/** The seccomp filter of a container's processes, and who answers for it: config-linux.md § Seccomp, and crun's annotations to it. */
import { during, RuntimeError } from "../base/errors.ts";
import type { Config, Seccomp } from "../config/schema.ts";
import { SECCOMP_FILTER_FLAG } from "../linux/seccomp.ts";
import { S } from "../linux/stat.ts";
import { compileSeccomp } from "../seccomp/cache.ts";
import { unknownCalls } from "../seccomp/compile.ts";
import { usesNotify } from "../seccomp/profile.ts";
import { rawFilter } from "../seccomp/raw.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import type { ListenerSpec, SeccompSpec } from "../spec/container-spec.ts";
import { stat } from "../sys/file.ts";

/** The variable of the caller's environment that may stand in place of the annotation. */
export const RECEIVER_VARIABLE = "RUN_OCI_SECCOMP_RECEIVER";

const {
  seccompReceiver: RECEIVER,
  seccompPlugins: PLUGINS,
  seccompFailUnknown: FAIL_UNKNOWN,
  seccompRawFilter: RAW_FILTER,
} = ANNOTATIONS;

/** What the configuration does not say. */
export interface SeccompOptions {
  /** The state root, which holds the cache of filters. */
  readonly root: string;
  /** The value of RECEIVER_VARIABLE. */
  readonly receiver: string | undefined;
  readonly warn: (message: string) => void;
}

/** The filter for the container's processes; undefined: none. @throws RuntimeError for what can't be had, and an agent that is not there */
export function seccompOf({ linux, annotations = {} }: Config, options: SeccompOptions): SeccompSpec | undefined {
  if (annotations[PLUGINS]) {
    throw new RuntimeError(`annotation ${PLUGINS}: runt is a static program, which can load no plugins`);
  }
  const raw = annotations[RAW_FILTER];
  if (raw !== undefined) return rawSeccomp(raw, annotations[RECEIVER]);
  const profile = linux?.seccomp;
  if (profile === undefined) return undefined;
  if ((annotations[FAIL_UNKNOWN] ?? "0") !== "0") refuseUnknown(profile);
  const { filter, flags } = compileSeccomp(profile, options.root);
  return { filter, flags, listener: listenerOf(profile, annotations[RECEIVER], options) };
}

function rawSeccomp(text: string, receiver: string | undefined): SeccompSpec {
  const filter = during(`annotation ${RAW_FILTER}`, () => rawFilter(text));
  const listener = receiver ? { path: receiver, metadata: undefined } : undefined;
  if (listener) checkAgent(listener.path);
  const flags = SECCOMP_FILTER_FLAG.SPEC_ALLOW | (listener ? SECCOMP_FILTER_FLAG.NEW_LISTENER : 0);
  return { filter, flags, listener };
}

function refuseUnknown(profile: Seccomp): void {
  const unknown = unknownCalls(profile);
  if (unknown.length > 0) {
    throw new RuntimeError(
      `linux.seccomp names unknown system calls, which ${FAIL_UNKNOWN} forbids: ${unknown.join(", ")}`,
    );
  }
}

/** The agent that the profile needs. The spec's own property goes before what crun had before there was one. */
function listenerOf(
  profile: Seccomp,
  annotation: string | undefined,
  { receiver, warn }: SeccompOptions,
): ListenerSpec | undefined {
  const { listenerPath, listenerMetadata } = profile;
  if (!usesNotify(profile)) {
    const named = listenerPath ? "linux.seccomp.listenerPath" : annotation ? `annotation ${RECEIVER}` : undefined;
    if (named !== undefined) warn(`${named} is of no use: no call in linux.seccomp has SCMP_ACT_NOTIFY`);
    return undefined;
  }
  const path = listenerPath || annotation || receiver;
  if (!path) {
    throw new RuntimeError("linux.seccomp.listenerPath must be there for SCMP_ACT_NOTIFY: it is missing");
  }
  checkAgent(path);
  return { path, metadata: listenerMetadata || undefined };
}

/** `start` connects to the agent; but a path that is wrong now will hardly be right by then. */
function checkAgent(path: string): void {
  const quoted = JSON.stringify(path);
  if (!path.startsWith("/"))
    throw new RuntimeError(`the path of the seccomp agent's socket must be absolute: it is ${quoted}`);
  const found = during("look for the seccomp agent's socket", () => stat(path));
  if (found === undefined)
    throw new RuntimeError(`the seccomp agent's socket ${quoted} does not exist: no such file or directory`);
  if ((found.mode & S.IFMT) !== S.IFSOCK) throw new RuntimeError(`the seccomp agent's socket ${quoted} is no socket`);
}
