/** A container's cgroups as its state keeps them: enough for every later command, without a look at the host. */

/** Where the cgroups of a container are. Plain data. */
export interface CgroupRecord {
  /** 2: one hierarchy, `unified`, has it all. 1: a directory for each v1 hierarchy, and `unified` as well on a hybrid host. */
  readonly version: 1 | 2;
  /** The absolute directory by the hierarchy's controllers: `memory`, `cpu,cpuacct`, `systemd`, `unified`. */
  readonly paths: Readonly<Record<string, string>>;
}
