/** `state`: what runtime.md § State says of a container, and what the other verbs ask before they act. */
import { RuntimeError } from "../base/errors.ts";
import { isPaused } from "../cgroup/freezer.ts";
import { O } from "../linux/fcntl.ts";
import type { ContainerRecord } from "../state/record.ts";
import { isAlive, type Status, waitsForStart } from "../state/status.ts";
import { isLocked, NotFoundError, readRecord } from "../state/store.ts";
import { close, openIfExists } from "../sys/file.ts";

/** The version of the runtime specification that runt implements. */
export const OCI_VERSION = "1.3.0";

/** runtime.md § State, with what engines also look for. */
export interface StateDocument {
  readonly ociVersion: string;
  readonly id: string;
  /** 0 when there is no process. */
  readonly pid: number;
  readonly status: Status;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner: string;
}

/** Step "State" of runtime.md. @throws RuntimeError "container does not exist" */
export function containerState(root: string, id: string): StateDocument {
  const record = readRecord(root, id);
  if (record === undefined)
    throw new RuntimeError("container does not exist: its create has not come so far, or was killed");
  return stateDocument(record, statusOf(root, record));
}

/** The state document of a container in a status known already. */
export function stateDocument(record: ContainerRecord, status: Status): StateDocument {
  const { id, bundle, rootfs, created, annotations } = record;
  return {
    ociVersion: OCI_VERSION,
    id,
    pid: status === "stopped" ? 0 : (record.process?.pid ?? 0),
    status,
    bundle,
    rootfs,
    created,
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    owner: "",
  };
}

/** The status the kernel shows. A container whose `create` died before it had a process is `stopped`. @throws NotFoundError, SyscallError */
export function statusOf(root: string, record: ContainerRecord): Status {
  if (record.process === undefined) return isLocked(root, record.id) ? "creating" : "stopped";
  if (!isAlive(record)) return "stopped";
  if (record.cgroup !== undefined && isPaused(record.cgroup)) return "paused";
  const directory = openIfExists(`${root}/${record.id}`, O.PATH | O.DIRECTORY);
  if (directory === undefined) throw new NotFoundError();
  try {
    return waitsForStart(directory) ? "created" : "running";
  } finally {
    close(directory);
  }
}
