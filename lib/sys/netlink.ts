/** Network interfaces and addresses of one network namespace, by rtnetlink(7): the socket's, whoever uses it. */
import { SyscallError } from "../base/errors.ts";
import { reason } from "../linux/errno.ts";
import { NETLINK, NETLINK_ROUTE, NLM_F, NLMSG, NLMSGERR_ATTR } from "../linux/netlink.ts";
import {
  type Attributes,
  answer,
  type Fields,
  type Layout,
  type Message,
  message,
  messages,
} from "../linux/netlink-message.ts";
import { AF, SO, SOCK, SOL } from "../linux/socket.ts";
import { decode, encode, must } from "./ffi.ts";
import { close, type Fd } from "./file.ts";

/** More than the kernel puts into one answer. */
const ANSWER_SIZE = 65536;

/** What is asked of a RouteSocket. */
export interface Request<L extends Layout> {
  /** RTM_*. */
  readonly type: number;
  /** It as a word for errors: `RTM_SETLINK`. */
  readonly name: string;
  readonly layout: L;
  readonly fields: Fields<L>;
  readonly attributes?: Attributes;
}

/** A netlink socket and the conversation on it. */
export class RouteSocket {
  readonly #fd: Fd;
  #seq = 0;

  /** @param fd a socket of NETLINK_ROUTE, its owner's from now on; undefined: a new one. Throws SyscallError. */
  constructor(fd: Fd = must("socket", AF.NETLINK, SOCK.RAW | SOCK.CLOEXEC, NETLINK_ROUTE)) {
    this.#fd = fd;
    // Errors then come with the kernel's words, and without the message that has failed.
    for (const option of [NETLINK.CAP_ACK, NETLINK.EXT_ACK]) {
      must("setsockopt", fd, SOL.NETLINK, option, new Int32Array([1]), 4);
    }
  }

  /** Two sockets of the same network namespace have the same cookie, SO_NETNS_COOKIE. Throws SyscallError. */
  get namespace(): bigint {
    const cookie = new BigUint64Array(1);
    must("getsockopt", this.#fd, SOL.SOCKET, SO.NETNS_COOKIE, cookie, new Int32Array([8]));
    return cookie[0] as bigint;
  }

  close(): void {
    close(this.#fd);
  }

  /** Has something done. @throws SyscallError with the kernel's errno and, where it has some, words */
  act<L extends Layout>(request: Request<L>, flags = 0): void {
    this.#send(request, NLM_F.ACK | flags);
    for (;;) {
      const answered = this.#receive().find(({ type }) => type === NLMSG.ERROR);
      if (answered === undefined) continue;
      check(request, answered.body);
      return;
    }
  }

  /** Asks for one thing: the body of the answer. @throws SyscallError, ENODEV when there is no such interface */
  ask<L extends Layout>(request: Request<L>): Uint8Array {
    this.#send(request, 0);
    for (;;) {
      for (const { type, body } of this.#receive()) {
        if (type === NLMSG.ERROR) check(request, body);
        else return body;
      }
    }
  }

  /** Asks for all there are: the bodies of the answers. Throws SyscallError. */
  list<L extends Layout>(request: Request<L>): Uint8Array[] {
    this.#send(request, NLM_F.DUMP);
    const bodies: Uint8Array[] = [];
    let interrupted = false;
    for (;;) {
      for (const { type, flags, body } of this.#receive()) {
        interrupted ||= (flags & NLM_F.DUMP_INTR) !== 0;
        if (type === NLMSG.ERROR) check(request, body);
        // What changed meanwhile may be told twice, or not at all.
        if (type === NLMSG.DONE) return interrupted ? this.list(request) : bodies;
        bodies.push(body);
      }
    }
  }

  #send<L extends Layout>({ type, layout, fields, attributes }: Request<L>, flags: number): void {
    const bytes = message({ type, flags: NLM_F.REQUEST | flags, seq: ++this.#seq }, layout, fields, attributes);
    must("sendto", this.#fd, bytes, bytes.length, 0, null, 0);
  }

  /** The next messages that answer the last request. */
  #receive(): Message[] {
    const buffer = new Uint8Array(ANSWER_SIZE);
    const length = must("recvfrom", this.#fd, buffer, buffer.length, 0, null, null);
    return messages(buffer.subarray(0, length)).filter(({ seq }) => seq === this.#seq);
  }
}

function check({ name }: { readonly name: string }, body: Uint8Array): void {
  const { errno, attributes } = answer(body);
  if (errno === 0) return;
  const words = attributes.get(NLMSGERR_ATTR.MSG);
  const why = words === undefined ? "" : ` (${textOf(words)})`;
  throw new SyscallError(name, errno, `${reason(errno)}${why}`);
}

/** A name as an attribute: its bytes and a NUL. */
export function nameAttribute(name: string): Uint8Array {
  const bytes = encode(name);
  const attribute = new Uint8Array(bytes.length + 1);
  attribute.set(bytes);
  return attribute;
}

/** The text of an attribute, which ends with a NUL. */
export function textOf(attribute: Uint8Array): string {
  const end = attribute.indexOf(0);
  return decode(attribute, 0, end === -1 ? attribute.length : end);
}
