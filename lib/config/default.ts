/** The config.json that `runt spec` writes: a shell with few rights, for its user to go on from. */
import type { IdMapping, Mount, Namespace, OciConfig } from "./schema.ts";

export interface DefaultOptions {
  /** Whether the machine has cgroup v2 only: the container then sees its cgroup as the root. */
  readonly cgroup2?: boolean;
  /** The ids of a user without rights: what such a user can't have is left out. */
  readonly rootless?: { readonly uid: number; readonly gid: number };
}

/** A config for `rootfs` in the bundle, with the properties in the order in which people know them. */
export function defaultConfig({ cgroup2 = false, rootless }: DefaultOptions = {}): OciConfig {
  const capabilities = (): string[] => ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];
  return {
    ociVersion: "1.3.0",
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: ["sh"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd: "/",
      capabilities: { bounding: capabilities(), effective: capabilities(), permitted: capabilities() },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "runt",
    mounts: mounts(rootless !== undefined),
    linux: {
      ...(rootless === undefined
        ? { resources: { devices: [{ allow: false, access: "rwm" }] } }
        : { uidMappings: rootAs(rootless.uid), gidMappings: rootAs(rootless.gid) }),
      namespaces: namespaces(cgroup2, rootless !== undefined),
      maskedPaths: [
        "/proc/acpi",
        "/proc/asound",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/proc/sched_debug",
        "/sys/firmware",
        "/proc/scsi",
        "/sys/devices/virtual/tpm",
      ],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
}

/** Maps root to the one id that a user without rights may map. */
function rootAs(hostID: number): IdMapping[] {
  return [{ containerID: 0, hostID, size: 1 }];
}

/** Without rights over the host's network there is no network namespace: it would have but a loopback interface. */
function namespaces(cgroup2: boolean, rootless: boolean): Namespace[] {
  const types: Namespace["type"][] = rootless
    ? ["pid", "ipc", "uts", "mount"]
    : ["pid", "network", "ipc", "uts", "mount"];
  if (cgroup2) types.push("cgroup");
  if (rootless) types.push("user");
  return types.map((type) => ({ type }));
}

function mounts(rootless: boolean): Mount[] {
  // The group tty is not mapped for a user without rights.
  const tty = rootless ? [] : ["gid=5"];
  return [
    { destination: "/proc", type: "proc", source: "proc" },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", ...tty],
    },
    {
      destination: "/dev/shm",
      type: "tmpfs",
      source: "shm",
      options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    // The kernel lets sysfs be mounted by the owner of the network namespace only.
    rootless
      ? { destination: "/sys", type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"] }
      : { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
    },
  ];
}
