/**
 * sd_notify(3) for what runs in a container: the service manager's socket is out of its reach, and its pid is another there. The
 * container gets a socket of its own, and runt passes on what comes in.
 */
import { describe } from "../base/errors.ts";
import { POLL } from "../linux/poll.ts";
import { MSG, SOCK } from "../linux/socket.ts";
import { decode, encode, must, syscall } from "../sys/ffi.ts";
import { close, type Fd, mkdir, pipe, unlink } from "../sys/file.ts";
import { poll, waitReadable } from "../sys/poll.ts";
import { bindDatagram, connect, sendFds } from "../sys/socket.ts";

/** The directory, in the container's state directory, that the container sees, and the socket in it. */
export const NOTIFY_DIRECTORY = "notify";
const SOCKET = "notify.sock";

/** What a container may say: nothing about other processes, nor what needs descriptors. */
const PASSED_ON =
  /^(READY|STATUS|RELOADING|STOPPING|MONOTONIC_USEC|ERRNO|BUSERROR|EXIT_STATUS|WATCHDOG|WATCHDOG_USEC|EXTEND_TIMEOUT_USEC)=/;

/** Longer than the manager takes messages. */
const LONGEST = 8192;

/** More messages than the kernel keeps for a socket: a container that never stops talking is not to keep runt from all else. */
const AT_ONCE = 1024;

/** How long the manager may take to read a message, in milliseconds. */
const BARRIER_TIME = 5_000;

/** Makes the directory, which the socket comes into when the container is started. Throws SyscallError. */
export function makeNotifyDirectory(state: Fd): void {
  mkdir(NOTIFY_DIRECTORY, 0o755, state);
}

/** Between the socket of a container and that of the manager. */
export class NotifyProxy {
  readonly fd: Fd;
  private readonly host: Fd;
  private readonly warn: (message: string) => void;

  private constructor(fd: Fd, host: Fd, warn: (message: string) => void) {
    this.fd = fd;
    this.host = host;
    this.warn = warn;
  }

  /**
   * Listens in the container's state directory for what is to go to the manager's socket.
   * @param address of it, as NOTIFY_SOCKET has it: a path, or "@" and an abstract name
   */
  static open(state: Fd, address: string, warn: (message: string) => void): NotifyProxy {
    const host = connect(address, SOCK.DGRAM);
    const path = `/proc/self/fd/${state}/${NOTIFY_DIRECTORY}/${SOCKET}`;
    unlink(path);
    const fd = bindDatagram(path);
    // Whoever the container's user is.
    must("fchmodat", state, `${NOTIFY_DIRECTORY}/${SOCKET}`, 0o777);
    return new NotifyProxy(fd, host, warn);
  }

  /**
   * Passes on what has come.
   * @param mainPid the process whose end is the service's; the manager is told of it with READY=1
   * @returns whether the container has said that it is ready
   */
  pass(mainPid: number): boolean {
    let ready = false;
    for (let count = 0; count < AT_ONCE; ++count) {
      const lines = this.receive();
      if (lines === undefined) break;
      const isReady = lines.includes("READY=1");
      if (isReady) lines.push(`MAINPID=${mainPid}`);
      if (lines.length > 0) this.send(lines.join("\n"));
      if (isReady) this.awaitRead();
      ready ||= isReady;
    }
    return ready;
  }

  /** The lines to be passed on of one message; undefined when none waits. */
  private receive(): string[] | undefined {
    const message = new Uint8Array(LONGEST);
    const length = syscall("recvfrom", this.fd, message, LONGEST, MSG.DONTWAIT, null, null);
    return length < 0 ? undefined : passedOn(decode(message, 0, length));
  }

  /** Passes on what comes until the container is ready, or the process behind `pidfd` has ended. */
  passUntilReady(mainPid: number, pidfd: Fd): void {
    for (;;) {
      const ready = poll([this.fd, pidfd].map((fd) => [fd, POLL.IN]));
      if (this.pass(mainPid) || ready(pidfd)) return;
    }
  }

  close(): void {
    close(this.fd);
    close(this.host);
  }

  private send(text: string): void {
    try {
      const bytes = encode(text);
      must("sendto", this.host, bytes, bytes.length, MSG.NOSIGNAL, null, 0);
    } catch (error) {
      this.warn(`pass a notification on: ${describe(error)}`);
    }
  }

  /** The manager looks up who has sent a message: that is to be there until it has done so, sd_notify_barrier(3). */
  private awaitRead(): void {
    const [ours, theirs] = pipe();
    try {
      sendFds(this.host, encode("BARRIER=1"), [theirs]);
      close(theirs);
      waitReadable(ours, BARRIER_TIME);
    } catch (error) {
      this.warn(`wait until a notification is read: ${describe(error)}`);
    } finally {
      close(ours);
    }
  }
}

/** The lines of a message that concern the service as a whole. */
export function passedOn(message: string): string[] {
  return message.split("\n").filter((line) => PASSED_ON.test(line));
}
