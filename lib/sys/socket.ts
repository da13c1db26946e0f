/** Unix sockets: how runt talks to its init program, and hands descriptors to consoles and agents. */

import { RuntimeError } from "../base/errors.ts";
import { AF, CMSGHDR_SIZE, MSG, SCM, SOCK, SOL } from "../linux/socket.ts";
import { address, encode, must } from "./ffi.ts";
import type { Fd } from "./file.ts";

/**
 * struct sockaddr_un, unix(7). A name that begins with "@" is an abstract one: a NUL stands in its place, and none at the end.
 * @throws RuntimeError when the path is longer than the kernel takes (107 bytes)
 */
function unixAddress(path: string): Uint8Array {
  const name = encode(path);
  if (name.length > 107) throw new RuntimeError(`socket path ${JSON.stringify(path)} is longer than 107 bytes`);
  const isAbstract = path.startsWith("@");
  if (isAbstract) name[0] = 0;
  const bytes = new Uint8Array(2 + name.length + (isAbstract ? 0 : 1));
  bytes[0] = AF.UNIX;
  bytes.set(name, 2);
  return bytes;
}

/** socketpair(2) of `type` (SOCK_*). Throws SyscallError. */
export function socketPair(type: number = SOCK.STREAM): [Fd, Fd] {
  const pair = new Int32Array(2);
  must("socketpair", AF.UNIX, type | SOCK.CLOEXEC, 0, pair);
  return [pair[0] as Fd, pair[1] as Fd];
}

/** A datagram socket bound to `path`. Throws SyscallError. */
export function bindDatagram(path: string): Fd {
  const fd = must("socket", AF.UNIX, SOCK.DGRAM | SOCK.CLOEXEC, 0);
  const name = unixAddress(path);
  must("bind", fd, name, name.length);
  return fd;
}

/** connect(2) of a new socket of `type` (SOCK_*) to `path`. Throws SyscallError. */
export function connect(path: string, type: number): Fd {
  const fd = must("socket", AF.UNIX, type | SOCK.CLOEXEC, 0);
  const name = unixAddress(path);
  must("connect", fd, name, name.length);
  return fd;
}

/** sendmsg(2) of `data` with descriptors (SCM_RIGHTS). Throws SyscallError, EPIPE when the other side is gone: no SIGPIPE comes. */
export function sendFds(socket: Fd, data: Uint8Array, fds: readonly Fd[]): void {
  const control = new Int32Array(4 + fds.length + (fds.length & 1));
  // struct cmsghdr: len 8, level 4, type 4, then the descriptors.
  control[0] = CMSGHDR_SIZE + 4 * fds.length;
  control[2] = SOL.SOCKET;
  control[3] = SCM.RIGHTS;
  control.set(fds, 4);
  transfer("sendmsg", socket, data, control, MSG.NOSIGNAL);
}

/** recvmsg(2): the one descriptor that comes with a message; undefined when the other side has closed. Throws SyscallError. */
export function receiveFd(socket: Fd): Fd | undefined {
  const control = new Int32Array(6);
  const length = transfer("recvmsg", socket, new Uint8Array(64), control, MSG.CMSG_CLOEXEC);
  return length === 0 || control[3] !== SCM.RIGHTS ? undefined : control[4];
}

/** A message of one piece of data and a control message. */
function transfer(
  call: "sendmsg" | "recvmsg",
  socket: Fd,
  data: Uint8Array,
  control: Int32Array,
  flags: number,
): number {
  const iov = new BigUint64Array([BigInt(address(data)), BigInt(data.length)]);
  // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags.
  const words = [0, 0, address(iov), 1, address(control), control.byteLength, 0];
  return must(call, socket, new BigUint64Array(words.map(BigInt)), flags);
}
