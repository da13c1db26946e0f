/** What runt asks of systemd, org.freedesktop.systemd1(5): transient scopes, their properties, their end. */
import { during, RuntimeError } from "../base/errors.ts";
import type { ManagerAddress } from "./address.ts";
import { Bus, BusError } from "./bus.ts";
import type { Value, Variant } from "./value.ts";

/** A property of a unit and what it is to be. */
export type Property = readonly [name: string, value: Variant];

const SYSTEMD = { name: "org.freedesktop.systemd1", path: "/org/freedesktop/systemd1" } as const;
const MANAGER = "org.freedesktop.systemd1.Manager";

/** D-Bus errors by which systemd says that there is such a unit, or none. */
const EXISTS = "org.freedesktop.systemd1.UnitExists";
const NONE = "org.freedesktop.systemd1.NoSuchUnit";

const ANY_JOB = `type='signal',sender='${SYSTEMD.name}',path='${SYSTEMD.path}',interface='${MANAGER}',member='JobRemoved'`;

/** A conversation with a systemd; every method throws RuntimeError when it does not answer, or answers with an error. */
export class Manager {
  private readonly bus: Bus;

  /** Asks a systemd what `ask` wants. */
  static ask<T>({ who, bus: address, user }: ManagerAddress, ask: (manager: Manager) => T): T {
    return during(`ask ${who} at ${address}`, () => {
      const bus = new Bus(address, user);
      try {
        return ask(new Manager(bus));
      } finally {
        bus.close();
      }
    });
  }

  private constructor(bus: Bus) {
    this.bus = bus;
  }

  private call(method: string, signature: string, args: readonly Value[]): (string | number)[] {
    return this.bus.call(SYSTEMD.name, SYSTEMD.path, `${MANAGER}.${method}`, signature, args);
  }

  private property(name: string): string | number | undefined {
    return this.bus.call(SYSTEMD.name, SYSTEMD.path, "org.freedesktop.DBus.Properties.Get", "ss", [MANAGER, name])[0];
  }

  /** The cgroup that systemd has for itself and all below it, as a path in the hierarchy; "" for the root. */
  cgroup(): string {
    const path = this.property("ControlGroup");
    return path === "/" ? "" : String(path);
  }

  /** Of "257.9-1~deb13u1" 257. */
  version(): number {
    return Number.parseInt(String(this.property("Version")), 10);
  }

  /** Starts a transient unit and waits until it is there. One of the name that has failed, and so is of no use, gives way. */
  start(name: string, properties: readonly Property[]): void {
    const args = [name, "fail", properties.map(([key, value]) => [key, value]), []];
    const start = (): void => this.job(`start ${name}`, "StartTransientUnit", "ssa(sv)a(sa(sv))", args);
    try {
      start();
    } catch (error) {
      if (!isBusError(error, EXISTS)) throw error;
      try {
        this.call("ResetFailedUnit", "s", [name]);
      } catch (notReset) {
        // One that has not failed is in use, which the next attempt tells.
        if (!(notReset instanceof BusError)) throw notReset;
      }
      start();
    }
  }

  /** Stops a unit and waits for that; one that is gone already is fine. */
  stop(name: string): void {
    try {
      this.job(`stop ${name}`, "StopUnit", "ss", [name, "replace"]);
    } catch (error) {
      if (!isBusError(error, NONE)) throw error;
    }
  }

  /** Changes properties of a unit until it is gone. */
  setProperties(name: string, properties: readonly Property[]): void {
    const args = [name, true, properties.map(([key, value]) => [key, value])];
    during(`set properties of ${name}`, () => this.call("SetUnitProperties", "sba(sv)", args));
  }

  /** Calls a method that answers with a job, and waits for the job's end. */
  private job(doing: string, method: string, signature: string, args: readonly Value[]): void {
    during(doing, () => {
      // Before the job is made: it may end at once.
      this.bus.match(ANY_JOB);
      const [job] = this.call(method, signature, args);
      // Of a job: its number, its path, its unit, how it ended.
      const end = this.bus.waitForSignal(MANAGER, "JobRemoved", ([, path]) => path === job);
      if (end[3] !== "done") throw new RuntimeError(`the job ends with "${end[3]}": see journalctl --unit ${end[2]}`);
    });
  }
}

function isBusError(error: unknown, code: string): boolean {
  if (error instanceof BusError) return error.code === code;
  return error instanceof Error && error.cause !== undefined && isBusError(error.cause, code);
}
