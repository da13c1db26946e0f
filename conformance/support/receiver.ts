/** What listens on the host, as an engine or an agent does: an observer's program too, for Node cannot receive descriptors. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AF, MSG, SOCK } from "../../lib/linux/socket.ts";
import { at, buffer, type Slot, type Step, slot, words } from "../../lib/program/step.ts";
import { until } from "../../test/support/host.ts";
import { type Answers, type Ask, type Asks, asked, decode, observer } from "./observer.ts";
import type { Subject } from "./subject.ts";

const TEXT = 16_384;
/** Of recv(2): until the connection is closed, or all of the room is full. */
const MSG_WAITALL = 0x100;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Listens on a UNIX socket, and takes one message with a descriptor, whose slot goes to `then`; tells the message's text. */
export function receives(path: string, then: (fd: Slot) => Step[] = () => []): Ask<Received> {
  const [listener, connection, length] = [slot("listener"), slot("connection"), slot("length")];
  const [fd, end] = [slot("fd"), slot("end")];
  const address = new Uint8Array(110);
  address.set([AF.UNIX, 0, ...new TextEncoder().encode(path)]);
  const [into, control] = [buffer("text", TEXT), buffer("control", 64)];
  const message = words(0, 0, words(into, TEXT), 1, control, 64, 0);
  return {
    steps: (tell) => [
      asked("socket", [AF.UNIX, SOCK.STREAM | SOCK.CLOEXEC, 0], listener),
      asked("bind", [listener, address, address.length]),
      asked("listen", [listener, 4]),
      ...tell.answer(listener),
      asked("accept4", [listener, 0, 0, SOCK.CLOEXEC], connection),
      asked("recvmsg", [connection, message, MSG.CMSG_CLOEXEC], length),
      ...tell.answer(length, into),
      // struct cmsghdr, and then the descriptor.
      { op: "assign", slot: fd, value: at(control, 16) },
      asked("fcntl", [fd, 3, 0], end),
      ...tell.answer(end),
      // What comes after the message with the descriptor, until the connection is closed.
      asked("recvfrom", [connection, into, TEXT, MSG_WAITALL, 0, 0], length),
      ...tell.answer(length, into),
      ...then(fd),
    ],
    decode: ([, message, fd, rest]) => ({
      text: text(message?.data ?? new Uint8Array()) + text(rest?.data ?? new Uint8Array()),
      descriptor: (fd?.value ?? -1) >= 0,
      closed: (rest?.value ?? -1) >= 0,
    }),
  };
}

export interface Received {
  readonly text: string;
  /** Whether a descriptor came with the first message. */
  readonly descriptor: boolean;
  /** Whether the sender has closed the connection. */
  readonly closed: boolean;
}

/** Puts `asks` on the host, beside the runtime; ready when the first has told something. @returns waits for what they tell */
export async function beside<A extends Asks>(c: Subject, asks: A): Promise<() => Promise<Answers<A>>> {
  const folder = c.folder("beside");
  const [program, output] = [join(folder, "program"), join(folder, "output")];
  writeFileSync(program, observer(asks, { exit: 0 }), { mode: 0o755 });
  const stdout = openSync(output, "w");
  const child = spawn(program, [c.id], { stdio: ["ignore", stdout, "inherit"] });
  closeSync(stdout);
  c.after(() => child.kill("SIGKILL"));
  const told = () => new Uint8Array(readFileSync(output));
  await until("the receiver listens", () => told().length >= 32);
  return async () => {
    await until("the receiver has told all", () => child.exitCode !== null, 20).catch(() => undefined);
    return decode(asks, told());
  };
}
