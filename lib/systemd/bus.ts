/** A connection to a message bus, dbus-daemon(1), by libdbus. */
import { RuntimeError } from "../base/errors.ts";
import { call } from "../sys/ffi.ts";
import { milliseconds } from "../sys/process.ts";
import { argumentsOf, type Message, methodCall, textAt } from "./message.ts";
import type { Value } from "./value.ts";

const BUS = { name: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" } as const;

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 30_000;

/** What the other side answered instead of a result; `code` is the name of the D-Bus error. */
export class BusError extends RuntimeError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One connection; whoever makes it closes it. */
export class Bus {
  private readonly connection: number;
  private readonly timeout: number;

  /**
   * Connects and is introduced.
   * @param address `unix:path=…`
   * @param user who runt is to the bus, when that is not geteuid(2)
   * @param timeout how long each answer may take, in milliseconds
   * @throws RuntimeError when there is no bus, or it does not answer
   */
  constructor(address: string, user: number | undefined, timeout = TIMEOUT) {
    this.timeout = timeout;
    call("bus_set", user ?? -1, timeout);
    this.connection = this.attempt((error) => call("dbus_connection_open_private", address, error));
    call("dbus_connection_set_exit_on_disconnect", this.connection, 0);
    try {
      // Messages that are sent earlier wait for it without an end.
      this.work("answer", () => call("dbus_connection_get_is_authenticated", this.connection) !== 0 || undefined);
      this.request(methodCall(BUS.name, BUS.path, `${BUS.name}.Hello`, "", []));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Has the bus pass on the signals that `rule` is about. What it answers is not waited for: messages keep their order. */
  match(rule: string): void {
    const message = methodCall(BUS.name, BUS.path, `${BUS.name}.AddMatch`, "s", [rule]);
    call("dbus_connection_send", this.connection, message, null);
    call("dbus_message_unref", message);
  }

  /** Calls a method: what it answers. @throws BusError */
  call(
    destination: string,
    path: string,
    method: string,
    signature: string,
    args: readonly Value[],
  ): (string | number)[] {
    return this.request(methodCall(destination, path, method, signature, args));
  }

  private request(message: Message): (string | number)[] {
    try {
      const reply = this.attempt((error) =>
        call("dbus_connection_send_with_reply_and_block", this.connection, message, this.timeout, error),
      );
      const args = argumentsOf(reply);
      call("dbus_message_unref", reply);
      return args;
    } finally {
      call("dbus_message_unref", message);
    }
  }

  /**
   * Waits for a signal whose arguments `accept` answers true to, among those that came since `match`, and answers them.
   * @throws RuntimeError when none comes in time, or the bus closes the connection
   */
  waitForSignal(
    iface: string,
    name: string,
    accept: (args: readonly (string | number)[]) => boolean,
  ): readonly (string | number)[] {
    return this.work(`signal ${name}`, () => {
      for (;;) {
        const message = call("dbus_connection_pop_message", this.connection);
        if (message === 0) return undefined;
        const args = call("dbus_message_is_signal", message, iface, name) === 0 ? [] : argumentsOf(message);
        call("dbus_message_unref", message);
        if (args.length > 0 && accept(args)) return args;
      }
    });
  }

  /** Reads and writes what there is until `result` answers something. @throws RuntimeError when it does not in time */
  private work<T>(awaited: string, result: () => T | undefined): T {
    const end = milliseconds() + this.timeout;
    for (;;) {
      const found = result();
      if (found !== undefined) return found;
      const rest = end - milliseconds();
      if (rest <= 0) throw new RuntimeError(`no ${awaited} within ${this.timeout / 1000} s`);
      // Sleeps in poll(2) until something comes.
      if (call("dbus_connection_read_write", this.connection, Math.ceil(rest)) === 0) {
        throw new RuntimeError("the bus closed the connection");
      }
    }
  }

  close(): void {
    call("dbus_connection_close", this.connection);
    call("dbus_connection_unref", this.connection);
  }

  /** Calls a function of libdbus that answers NULL and fills a DBusError when it fails. @throws BusError */
  private attempt(action: (error: BigUint64Array) => number): number {
    // struct DBusError: name, message, bits, padding.
    const error = new BigUint64Array(4);
    call("dbus_error_init", error);
    const result = action(error);
    if (result !== 0) return result;
    const code = textAt(Number(error[0]));
    const message = textAt(Number(error[1]));
    call("dbus_error_free", error);
    throw new BusError(code, code === NO_REPLY ? `no answer within ${this.timeout / 1000} s` : `${message} (${code})`);
  }
}

const NO_REPLY = "org.freedesktop.DBus.Error.NoReply";
