/** From a bundle to a container that waits for `start`: what `create` and `run` have in common. */
import { placeCgroup } from "../cgroup/place.ts";
import { isRootless } from "../cgroup/rootless.ts";
import { placeScope } from "../cgroup/scope.ts";
import type { Config } from "../config/schema.ts";
import { catchInterruptions } from "../process/interruption.ts";
import { makeNotifyDirectory } from "../process/notify.ts";
import { placeResctrl } from "../resctrl/groups.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { writeExecRecord } from "../state/exec-record.ts";
import { createState, type Lock, removeState } from "../state/store.ts";
import type { Fd } from "../sys/file.ts";
import { loadBundle } from "./bundle.ts";
import type { CreateOptions } from "./create-options.ts";
import { makePlace } from "./host-root.ts";
import { type LiveRecord, launchInit } from "./launch-init.ts";
import { Making, type Places } from "./making.ts";
import { writePidFile } from "./pid-file.ts";
import { sendPidfd } from "./pidfd.ts";
import { execRecord, newRecord } from "./records.ts";
import { specify } from "./specify.ts";

/** A container that waits for `start`, its state locked by this command, which signals interrupt. */
export interface Creation {
  readonly record: LiveRecord;
  readonly lock: Lock;
  /** Where they can be read, signalfd(2). */
  readonly signals: Fd;
}

/**
 * Makes the container up to the point where only the user's program is missing.
 * @param openConsole gives the socket for the terminal's master side, or says why there can be none
 * @throws RuntimeError, InterruptedError; nothing is left behind then
 */
export function bringUp(options: CreateOptions, openConsole: (terminal: boolean) => Fd | undefined): Creation {
  const bundle = loadBundle(options.bundle, options.config);
  // Before there is anything of a container.
  const signals = catchInterruptions();
  const lock = createState(options.root, options.id);
  let making: Making | undefined;
  try {
    const rootless = rootlessness(options);
    const places = placesOf(options, bundle.config, rootless);
    const spec = specify(bundle.config, { bundle: bundle.path, cgroup: places.cgroup }, options);
    if (spec.notifyDirectory !== undefined) makeNotifyDirectory(lock.directory);
    if (spec.root.place !== undefined) makePlace(lock.directory);
    const console = openConsole(spec.process?.terminal ?? false);
    making = new Making(lock, bundle.config, places, newRecord(spec), rootless);
    const record = launch(making, { lock, config: bundle.config, spec, places, console });
    tellOthers(options, spec, record.process.pid);
    making.finish();
    return { record, lock, signals };
  } catch (error) {
    if (making !== undefined) throw making.undo(options.root, error, options.warn);
    removeState(options.root, lock);
    throw error;
  }
}

/** Where the managers want a container's cgroups to be. */
const PLACERS = { cgroupfs: placeCgroup, systemd: placeScope, disabled: () => undefined };

function placesOf({ id, cgroupManager }: CreateOptions, { linux }: Config, rootless: () => boolean): Places {
  return {
    cgroup: PLACERS[cgroupManager](id, linux?.cgroupsPath, rootless),
    resctrl: linux?.intelRdt && placeResctrl(linux.intelRdt, id),
  };
}

function rootlessness({ rootless }: CreateOptions): () => boolean {
  return () => (rootless === "auto" ? isRootless() : rootless === "true");
}

/** What the first process is made of. */
interface Parts {
  readonly lock: Lock;
  readonly config: Config;
  readonly spec: ContainerSpec;
  readonly places: Places;
  readonly console: Fd | undefined;
}

/** Groups, then the first process in them, up to where it waits for `start`. */
function launch(making: Making, { lock, config, spec, places, console }: Parts): LiveRecord {
  const cgroup = making.makeGroups();
  return launchInit(spec, {
    lock,
    join: cgroup?.join,
    adopt: places.cgroup?.scope && ((pid) => making.adopt(pid)),
    console,
    born: (process, startSteps) => {
      // Not earlier: the container is being made meanwhile.
      writeExecRecord(lock, execRecord(config, spec));
      return making.born(process, startSteps);
    },
    network: (pid) => making.moveDevices(pid, spec.netDevices),
  });
}

/** Those who are to know of the container before it is started. */
function tellOthers({ pidFile, pidfdSocket }: CreateOptions, { annotations }: ContainerSpec, pid: number): void {
  for (const receiver of [pidfdSocket, annotations[ANNOTATIONS.pidfdReceiver]]) if (receiver) sendPidfd(receiver, pid);
  if (pidFile !== undefined) writePidFile(pidFile, pid);
}
