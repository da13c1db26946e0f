/** The bundles: one root file system for all, and for each container a config.json like those that Podman writes. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CAPABILITIES = [
  ..."AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW".split(" "),
  ..."SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" "),
].map((name) => `CAP_${name}`);

const NO_DEVICES = ["nosuid", "noexec", "nodev"];

const MOUNTS = [
  ["/proc", "proc", NO_DEVICES],
  ["/dev", "tmpfs", ["nosuid", "noexec", "strictatime", "mode=755", "size=65536k"]],
  ["/sys", "sysfs", [...NO_DEVICES, "ro"]],
  ["/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]],
  ["/dev/mqueue", "mqueue", NO_DEVICES],
  ["/dev/shm", "tmpfs", [...NO_DEVICES, "mode=1777", "size=65536k"]],
  ["/sys/fs/cgroup", "cgroup", ["rprivate", ...NO_DEVICES, "relatime", "ro"]],
] as const;

const MASKED = [
  ..."acpi kcore keys latency_stats timer_list timer_stats sched_debug scsi".split(" ").map((name) => `/proc/${name}`),
  ..."firmware fs/selinux dev/block".split(" ").map((name) => `/sys/${name}`),
];

const READ_ONLY = "asound bus fs irq sys sysrq-trigger".split(" ").map((name) => `/proc/${name}`);

/** How the container of a bundle differs from others. */
export interface Difference {
  readonly rootfs: string;
  readonly cgroup: string;
  readonly args: readonly string[];
  /** `linux.seccomp`; without it there is no filter. */
  readonly seccomp?: unknown;
  /** Whether it has a user namespace. */
  readonly mapped?: boolean;
}

/** The container's root and those after it. */
const MAPPINGS = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

const NAMESPACES = ["pid", "network", "ipc", "uts", "mount"];

/** Writes the config.json of a bundle, and its directory. */
export function writeBundle(directory: string, { rootfs, cgroup, args, seccomp, mapped = false }: Difference): void {
  const config = {
    ociVersion: "1.0.2",
    process: {
      user: { uid: 0, gid: 0, umask: 0o22 },
      args,
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", "HOME=/root"],
      cwd: "/",
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 }],
    },
    root: { path: rootfs },
    hostname: "bench",
    mounts: MOUNTS.map(([destination, type, options]) => ({ destination, type, source: type, options })),
    linux: {
      resources: { devices: [{ allow: false, access: "rwm" }], pids: { limit: 2048 } },
      cgroupsPath: cgroup,
      namespaces: [...NAMESPACES, ...(mapped ? ["user"] : [])].map((type) => ({ type })),
      ...(mapped && { uidMappings: MAPPINGS, gidMappings: MAPPINGS }),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
      seccomp,
    },
  };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
}

/** Makes a root file system that has `program` at /program and nothing else. */
export function makeRootfs(directory: string, program: string): void {
  for (const folder of ["dev", "proc", "sys"]) mkdirSync(join(directory, folder), { recursive: true });
  cpSync(program, join(directory, "program"));
}
