/** What a mount of config.json means on this host: a part of the ContainerSpec. */
import type { MountIdMap } from "./id-map.ts";

/** config.md § Mounts. Which kind of mount it is decides which calls make it. */
export type MountSpec =
  | BindMountSpec
  | FilesystemMountSpec
  | DetachedMountSpec
  | RemountSpec
  | CgroupMountSpec
  | SymlinkSpec;

/** What the host has at `source`. */
export interface BindMountSpec {
  readonly kind: "bind";
  /** In the container. So in all kinds. */
  readonly destination: string;
  /** Absolute. */
  readonly source: string;
  /** With what is mounted below the source (rbind). */
  readonly recursive: boolean;
  /** A symlink at the end of the path stands for what it points to, and not for itself. */
  readonly followSource: boolean;
  readonly followDestination: boolean;
  /** The source is no directory: a missing target is made a file. */
  readonly sourceIsFile: boolean;
  readonly attributes: MountAttributes;
  /** The same for the mount and all below it: `rro`, `rnosuid`. */
  readonly recursiveAttributes: MountAttributes;
  /** MS_* propagation, with MS_REC or not, each given in this order. So in all kinds. */
  readonly propagation: readonly number[];
  readonly idMap: MountIdMap | undefined;
}

/** A file system of its own, made and attached by one mount(2). */
export interface FilesystemMountSpec {
  readonly kind: "filesystem";
  readonly destination: string;
  readonly type: string;
  /** What the file system calls its source. */
  readonly source: string;
  /** MS_* of mount(2). */
  readonly flags: number;
  /** Options of the file system, joined by commas. */
  readonly data: string;
  readonly propagation: readonly number[];
}

/** A file system that something is done to before it is attached, or, through its descriptor, much later. */
export interface DetachedMountSpec {
  readonly kind: "detached";
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  /** For fsconfig(2): a flag has no value. */
  readonly parameters: readonly { readonly key: string; readonly value: string | undefined }[];
  /** MOUNT_ATTR_* of fsmount(2). */
  readonly attributes: number;
  /** It becomes read-only, once all that is to be made in it is there. */
  readonly readonly: boolean;
  /** Its root gets the mode of the directory that it covers. */
  readonly keepMode: boolean;
  /** Copied into it from the directory that it covers (tmpcopyup); a directory stands before what it contains. */
  readonly contents: readonly FileSpec[];
  readonly propagation: readonly number[];
  readonly idMap: MountIdMap | undefined;
}

/** A file as it is copied. */
export interface FileSpec {
  /** Relative to the directory that is copied. */
  readonly path: string;
  /** S_IF* with the permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly rdev: number;
  /** Of a symlink, else empty. */
  readonly target: string;
}

/** Other flags for a mount that is there already. */
export interface RemountSpec {
  readonly kind: "remount";
  readonly destination: string;
  /** undefined (`bind` was given): only attributes of the mount change. */
  readonly filesystem: { readonly flags: number; readonly data: string } | undefined;
  readonly attributes: MountAttributes;
  readonly recursiveAttributes: MountAttributes;
  readonly propagation: readonly number[];
}

/** The cgroup v1 hierarchies, each in a directory of its own in a tmpfs. */
export interface CgroupMountSpec {
  readonly kind: "cgroup";
  readonly destination: string;
  /** MS_* of each hierarchy's mount. */
  readonly flags: number;
  readonly hierarchies: readonly CgroupHierarchySpec[];
  readonly propagation: readonly number[];
}

export interface CgroupHierarchySpec {
  /** Its controllers as the kernel lists them, `cpu,cpuacct`; `systemd` for name=systemd. */
  readonly controllers: string;
  /** The container's cgroup in it, absolute on the host, to be bound; undefined: a mount in the container's cgroup namespace shows it. */
  readonly directory: string | undefined;
}

/** A symlink in place of a bind mount of one (copy-symlink). */
export interface SymlinkSpec {
  readonly kind: "symlink";
  readonly destination: string;
  readonly target: string;
}

/** MOUNT_ATTR_* to set and to clear; what is in both ends up set. */
export interface MountAttributes {
  readonly set: number;
  readonly clear: number;
}
