/** Looks at the host for what config.json leaves to it, and makes the ContainerSpec. */

import { isRootless } from "../cgroup/rootless.ts";
import type { Config } from "../config/schema.ts";
import { NOTIFY_DIRECTORY } from "../process/notify.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { containerSpec } from "../spec/container.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { NOTIFY_SOCKET } from "../spec/notify.ts";
import { variable } from "../sys/ffi.ts";
import { capable, getpid, permitted } from "../sys/process.ts";
import type { CreateOptions } from "./create-options.ts";
import { filesystemName, filesystemType, isDirectory, isReadonly, readLink } from "./host-files.ts";
import { placeOfRoot } from "./host-root.ts";
import { refuseHostSettings } from "./host-settings.ts";
import { contents, homeOf } from "./image-files.ts";
import { LSM } from "./lsm.ts";
import { mountPlace } from "./mount-place.ts";
import { RECEIVER_VARIABLE, seccompOf } from "./seccomp.ts";

/** What is known of the container besides its configuration. */
export interface Known {
  /** Absolute path of its bundle. */
  readonly bundle: string;
  /** Where its cgroups will be; undefined if it gets none. */
  readonly cgroup: CgroupRecord | undefined;
}

/** The container that the configuration describes, on this host. @throws RuntimeError for what can't be had */
export function specify(config: Config, { bundle, cgroup }: Known, options: CreateOptions): ContainerSpec {
  refuseHostSettings(config);
  const seccomp = seccompOf(config, {
    root: options.root,
    receiver: variable(RECEIVER_VARIABLE),
    warn: options.warn,
  });
  return containerSpec(config, {
    id: options.id,
    bundle,
    noPivot: options.noPivot,
    rootPlace: placeOfRoot(config, options),
    newKeyring: !options.noNewKeyring,
    preserveFds: options.preserveFds,
    ...listening(),
    seccomp,
    notifyDirectory: variable(NOTIFY_SOCKET) && `${options.root}/${options.id}/${NOTIFY_DIRECTORY}`,
    lsm: LSM,
    cgroups: cgroup,
    capable,
    permitted,
    rootless: isRootless,
    isDirectory,
    isReadonly,
    readLink,
    filesystemName,
    filesystemType,
    contents,
    place: mountPlace,
    homeOf,
    warn: options.warn,
  });
}

/** sd_listen_fds(3): descriptors that the caller passes on besides those of `--preserve-fds`, if they are meant for this process. */
function listening(): { readonly listenFds: number; readonly listenNames: string | undefined } {
  const count = Number(variable("LISTEN_FDS") ?? 0);
  const pid = variable("LISTEN_PID");
  const isMeant = pid === undefined || Number(pid) === getpid();
  const listenFds = isMeant && Number.isInteger(count) && count > 0 ? count : 0;
  return { listenFds, listenNames: variable("LISTEN_FDNAMES") };
}
