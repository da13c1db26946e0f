/** The agent that answers for a container's system calls: what `start` has to tell it, config-linux.md § Seccomp. */
import { during, RuntimeError } from "../base/errors.ts";
import { DOCUMENT_SIZE } from "../init/listener.ts";
import { SOCK } from "../linux/socket.ts";
import type { ListenerSpec } from "../spec/container-spec.ts";
import { encode } from "../sys/ffi.ts";
import type { Fd } from "../sys/file.ts";
import { connect } from "../sys/socket.ts";
import { OCI_VERSION, type StateDocument } from "./state.ts";

/** A connection to an agent, with the one message that is to go over it; a process of the container sends it. */
export interface Agent {
  readonly socket: Fd;
  readonly document: Uint8Array;
}

/**
 * Connects to the agent.
 * @param pid of the process that the filter is for
 * @param state of its container
 * @throws RuntimeError when nobody listens
 */
export function connectAgent({ path, metadata }: ListenerSpec, pid: number, state: StateDocument): Agent {
  const document = encode(JSON.stringify({ ociVersion: OCI_VERSION, fds: ["seccompFd"], pid, metadata, state }));
  if (document.length > DOCUMENT_SIZE) {
    const size = `${document.length} bytes, ${DOCUMENT_SIZE} is the most`;
    throw new RuntimeError(`the container's state is too long to be sent to the seccomp agent: it has ${size}`);
  }
  const socket = during(`connect to the seccomp agent ${JSON.stringify(path)}`, () => connect(path, SOCK.STREAM));
  return { socket, document };
}
