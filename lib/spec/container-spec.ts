/**
 * What a config.json means on this host: every default taken, every name a number. The verbs of `container/` make one,
 * `init/` turns it into steps. Nothing after it looks at config.json again.
 */

import type { LabelsSpec, MountLabel } from "./labels.ts";
import type { MemoryPolicySpec } from "./memory-policy.ts";
import type { MountSpec } from "./mount-spec.ts";
import type { NetDeviceSpec } from "./net-devices.ts";
import type { CPUAffinitySpec, SchedulerSpec } from "./scheduling.ts";
import type { UserNamespaceSpec } from "./user-namespace.ts";

/** The whole of a container to be created. Paths without "in the container" are the host's. */
export interface ContainerSpec {
  readonly id: string;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  readonly namespaces: NamespacesSpec;
  /** The user namespace that it gets or joins; undefined: it has the runtime's ids and rights. */
  readonly userNamespace: UserNamespaceSpec | undefined;
  readonly root: RootSpec;
  readonly mounts: readonly MountSpec[];
  readonly devices: readonly DeviceSpec[];
  /** Paths in the container, as config.json gives them. */
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  /** A session keyring of its own, keyrings(7). */
  readonly newKeyring: boolean;
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly netDevices: readonly NetDeviceSpec[];
  /** Files below /proc/sys with their values: `net/ipv4/ip_forward` → `1`. */
  readonly sysctl: readonly { readonly file: string; readonly value: string }[];
  readonly hooks: HooksSpec;
  /** undefined: a container that can be created but not started. */
  readonly process: ProcessSpec | undefined;
  readonly seccomp: SeccompSpec | undefined;
  /** PER_* of personality(2). */
  readonly personality: number | undefined;
  readonly memoryPolicy: MemoryPolicySpec | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the file systems that are made, as far as no option can say it. */
  readonly mountLabel: MountLabel | undefined;
  /** Absolute path on the host of the directory of the socket for sd_notify(3), which the container has at /run/notify. */
  readonly notifyDirectory: string | undefined;
}

/** Another process for a container that is there already. */
export interface ExecSpec
  extends Pick<ContainerSpec, "id" | "newKeyring" | "seccomp" | "personality" | "memoryPolicy"> {
  /** The container's first process, as the runtime's pid namespace has it. */
  readonly pid: number;
  /** CLONE_NEW* of the container's namespaces, which are joined. */
  readonly namespaces: number;
  readonly process: ProcessSpec;
}

/** config-linux.md § Namespaces. */
export interface NamespacesSpec {
  /** CLONE_NEW* of the namespaces to make. */
  readonly create: number;
  /** Those to join, in the order of setns(2): `flag` is CLONE_NEW*. */
  readonly join: readonly { readonly flag: number; readonly path: string }[];
  /** Lines for /proc/PID/timens_offsets, time_namespaces(7): of the time namespace to make. */
  readonly timeOffsets: readonly string[];
}

/** config.md § Root, and rootfsPropagation of config-linux.md. */
export interface RootSpec {
  /** Absolute path on the host. */
  readonly path: string;
  readonly readonly: boolean;
  /** MS_* given, with MS_REC, to all mounts the namespace begins with; 0: they stay peers of the host's. */
  readonly hostPropagation: number;
  /** The root's mount gets no mounts from the host, whatever the mounts around it do. */
  readonly private: boolean;
  /** MS_* given to the root in the end, with MS_REC or not; 0: it stays as it is. */
  readonly propagation: number;
  /** MS_MOVE and chroot instead of pivot_root. */
  readonly noPivot: boolean;
  /**
   * Of a container that has no mount namespace but the runtime's: the directory where the root is mounted, absolute. It is entered
   * by chroot(2), and the host keeps its own.
   */
  readonly place: string | undefined;
}

/** config-linux.md § Devices, with the default devices. */
export interface DeviceSpec {
  /** In the container. */
  readonly path: string;
  /** S_IFCHR, S_IFBLK or S_IFIFO with the permission bits. */
  readonly mode: number;
  /** Device number as the kernel packs it for mknod(2). */
  readonly rdev: number;
  readonly uid: number;
  readonly gid: number;
}

/** One program of config.md § POSIX-platform Hooks. */
export interface HookSpec {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Seconds, undefined: no limit. */
  readonly timeout: number | undefined;
}

export interface HooksSpec {
  readonly prestart: readonly HookSpec[];
  readonly createRuntime: readonly HookSpec[];
  readonly createContainer: readonly HookSpec[];
  readonly startContainer: readonly HookSpec[];
  readonly poststart: readonly HookSpec[];
  readonly poststop: readonly HookSpec[];
}

/** config.md § Process: what execve(2) gets, and with what rights. */
export interface ProcessSpec extends LabelsSpec {
  readonly terminal: boolean;
  /** Rows and columns, undefined: as the terminal gives them. */
  readonly consoleSize: { readonly height: number; readonly width: number } | undefined;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** In the container, absolute. */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** undefined: those of runt's caller stay. */
  readonly additionalGids: readonly number[] | undefined;
  readonly umask: number;
  readonly capabilities: CapabilitiesSpec;
  readonly rlimits: readonly {
    readonly resource: number;
    readonly name: string;
    readonly soft: bigint;
    readonly hard: bigint;
  }[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj: number | undefined;
  readonly scheduler: SchedulerSpec | undefined;
  /** As ioprio_set(2) takes it: class and level in one number. */
  readonly ioPriority: number | undefined;
  /** Of a process that `exec` brings in; the container's first process has no use for it. */
  readonly execCPUAffinity: CPUAffinitySpec | undefined;
  /** Descriptors 3 to 2 + preserveFds stay open for the user's program. */
  readonly preserveFds: number;
}

/** Bit n of a set is capability n; capabilities(7). */
export interface CapabilitiesSpec {
  readonly bounding: bigint;
  readonly effective: bigint;
  readonly inheritable: bigint;
  readonly permitted: bigint;
  readonly ambient: bigint;
}

/** A compiled filter: sock_filter[] as bytes, and the flags of seccomp(2). */
export interface SeccompSpec {
  readonly filter: Uint8Array;
  readonly flags: number;
  /** Who is asked about calls with SCMP_ACT_NOTIFY. */
  readonly listener: ListenerSpec | undefined;
}

/** The agent of config-linux.md § Seccomp, `listenerPath`. */
export interface ListenerSpec {
  /** Of its Unix socket, absolute. */
  readonly path: string;
  /** Handed to it as it is. */
  readonly metadata: string | undefined;
}
