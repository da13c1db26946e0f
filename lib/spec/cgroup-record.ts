/** A container's cgroups as its state keeps them: enough for every later command, without a look at the host. */
import type { ManagerAddress } from "../systemd/address.ts";

/** Where the cgroups of a container are. Plain data. */
export interface CgroupRecord {
  /** 2: one hierarchy, `unified`, has it all. 1: a directory for each v1 hierarchy, and `unified` as well on a hybrid host. */
  readonly version: 1 | 2;
  /** The absolute directory by the hierarchy's controllers: `memory`, `cpu,cpuacct`, `systemd`, `unified`. */
  readonly paths: Readonly<Record<string, string>>;
  /** The systemd unit that it is the cgroup of, when systemd manages it. */
  readonly scope?: Scope;
}

/** A scope unit, and the systemd that it belongs to. */
export interface Scope {
  readonly name: string;
  readonly slice: string;
  readonly manager: ManagerAddress;
}
