/** The status of a container is asked of the kernel each time: is its process alive, does it still wait for `start`? */
import { errnoOf } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { SOCK } from "../linux/socket.ts";
import { syscall } from "../sys/ffi.ts";
import { close, type Fd } from "../sys/file.ts";
import { hasEnded, processStat } from "../sys/process.ts";
import { connect } from "../sys/socket.ts";
import type { ContainerRecord } from "./record.ts";

/** runtime.md § State, and `paused`. */
export type Status = "creating" | "created" | "running" | "paused" | "stopped";

/** The socket, in the container's state directory, on which a created container waits; see init/start.ts. */
export const START_SOCKET = "start.sock";

/** The container's first process is there and has not ended. Throws SyscallError. */
export function isAlive({ process }: Pick<ContainerRecord, "process">): boolean {
  if (process === undefined) return false;
  const stat = processStat(process.pid);
  return stat !== undefined && stat.startTime === process.startTime && !hasEnded(stat);
}

/**
 * The first process has ended or is about to: the kernel takes its root away, and then ends all others of its pid namespace before it
 * is said to be dead. Throws SyscallError.
 */
export function isEnding(record: Pick<ContainerRecord, "process">): boolean {
  if (!isAlive(record)) return true;
  const root = syscall("openat", AT.FDCWD, `/proc/${record.process?.pid}/root`, O.PATH | O.CLOEXEC, 0);
  if (root >= 0) close(root);
  return root === -E.ENOENT;
}

/** Someone listens on the start socket: execve(2) of the user's program closes it. Throws SyscallError. */
export function waitsForStart(directory: Fd): boolean {
  try {
    close(connectStart(directory));
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === E.ENOENT || errno === E.ECONNREFUSED) return false;
    throw error;
  }
}

/** A socket connected to a created container. Throws SyscallError: ENOENT or ECONNREFUSED when it does not wait any more. */
export function connectStart(directory: Fd): Fd {
  return connect(startAddress(directory), SOCK.DGRAM);
}

/** The address of the start socket: by descriptor, since a socket's path may have 107 bytes only. */
export function startAddress(directory: Fd): string {
  return `/proc/self/fd/${directory}/${START_SOCKET}`;
}
