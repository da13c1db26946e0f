/** How a systemd is found again by later commands. */

/** Where a systemd listens. Plain data. */
export interface ManagerAddress {
  /** In words: "systemd", "the user's systemd". */
  readonly who: string;
  /** The address of its message bus: `unix:path=…` */
  readonly bus: string;
  /** Who runt is to the bus, when that is not geteuid(2). */
  readonly user?: number;
}
