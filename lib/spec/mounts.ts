/**
 * Mounts of config.md § Mounts. Whether one is a bind mount is said by its options alone, never by its type; what must be known of
 * the host to choose the calls (is the source a directory?) is asked here, once.
 */
import { during } from "../base/errors.ts";
import { utf8Length } from "../base/utf8.ts";
import type { Linux, Mount, OciConfig } from "../config/schema.ts";
import { MAGIC } from "../linux/magic.ts";
import { MOUNT_ATTR, MS } from "../linux/mount.ts";
import { type CgroupView, cgroupSpec, SHOWS_CGROUPS } from "./cgroup-mount.ts";
import { type IdMap, idMap } from "./id-map.ts";
import { type MountLabel, splitOptions, unquoted, withLabel } from "./labels.ts";
import { type MountOptions, mountAttributes, parseMountOptions } from "./mount-options.ts";
import { checkProc, isBelow, placeOf, refuseMount, type Surroundings } from "./mount-place.ts";
import type { BindMountSpec, FileSpec, MountSpec, SymlinkSpec } from "./mount-spec.ts";
import { cleanPath } from "./paths.ts";

/** What the mounts of a container depend on; a function is called when a mount makes it necessary. */
export interface MountHost {
  /** Absolute path of the bundle. */
  readonly bundle: string;
  /** The container's cgroups: the host's version of cgroups, and the directories by their controllers, as in a CgroupRecord. */
  cgroups(): { readonly version: 1 | 2; readonly paths: Readonly<Record<string, string>> };
  /** How file systems are to be labelled. */
  readonly mountLabel?: MountLabel | undefined;
  /** Whether there is a directory at `path`, symlinks followed. */
  isDirectory(path: string): boolean;
  /** Whether nothing can be written at `path`. */
  isReadonly(path: string): boolean;
  /** Whether the runtime lacks the rights of the host's root. */
  rootless(): boolean;
  /** What the symlink at `path` points to; undefined if there is no symlink. */
  readLink(path: string): string | undefined;
  /** The type of the file system that `path` is on, as it seems: for the words of an error. */
  filesystemName(path: string): string;
  /** f_type of the file system that `path` is on, statfs(2). */
  filesystemType(path: string): number;
  /** Where `destination` leads in the image: itself, or if there are symlinks on the way, what `resolveSymlinks` makes of it. */
  place(destination: string): string;
  /** Everything below a directory of the container's root, found without leaving that root; empty if there is no such directory. */
  contents(destination: string): readonly FileSpec[];
  /** Says what is no reason to stop. */
  warn(message: string): void;
}

/** What those who make the mounts may do, and what has been mounted. */
interface Rights extends CgroupView, Surroundings {
  /** The kernel lets nobody in a user namespace take away the flags of mounts that come from outside, mount_namespaces(7). */
  locked(): boolean;
  /** A bind mount before this one is on a path or above it. */
  bound(path: string): boolean;
}

/** File systems whose place the kernel and the runtime know by its path. */
export const MUST_BE_PLAIN: readonly string[] = ["proc", "sysfs"];

/** Bytes that mount(2) takes as options, NUL included; the rest it would cut off without a word. */
const DATA_SIZE = 4096;

/**
 * The mounts in the order of config.json.
 * @throws RuntimeError for one that is not supported or cannot be meant
 */
export function mountsSpec({ mounts = [], linux }: Pick<OciConfig, "mounts" | "linux">, host: MountHost): MountSpec[] {
  const cgroupNamespace = linux?.namespaces?.some(({ type }) => type === "cgroup") ?? false;
  const userNamespace = linux?.namespaces?.some(({ type }) => type === "user") ?? false;
  // Asked when there is such a mount.
  let isLocked: boolean | undefined;
  const locked = () => (isLocked ??= userNamespace || host.rootless());
  const closed = () => !cgroupNamespace && locked();
  const places = new Set<string>();
  const covered = (path: string) => isBelow(path, places);
  const binds = new Set<string>();
  const bound = (path: string) => isBelow(`${path}/`, binds);
  const rights = { cgroupNamespace, closed, locked, covered, bound, place: host.place };
  return mounts.map((mount) => {
    const spec = mountSpec(mount, parse(mount), host, rights, mappedIds(mount, linux));
    places.add(spec.destination);
    if (spec.kind === "bind") binds.add(spec.destination);
    return spec;
  });
}

function parse(mount: Mount): MountOptions {
  return parseMountOptions(mount.options ?? []);
}

function mappedIds(mount: Mount, linux: Linux | undefined): IdMap | undefined {
  if (mount.options === undefined && mount.uidMappings === undefined) return undefined;
  return during(`mount on ${mount.destination}`, () => idMap(mount, linux));
}

function mountSpec(
  mount: Mount,
  options: MountOptions,
  host: MountHost,
  rights: Rights,
  idMap: IdMap | undefined,
): MountSpec {
  const { set, propagation, extensions } = options;
  const { type = "" } = mount;
  const destination = cleanPath(mount.destination);
  const isBind = (set & MS.BIND) !== 0;
  if ((isBind || type !== "tmpfs") && extensions.includes("tmpcopyup"))
    refuseMount(mount, "tmpcopyup is only for tmpfs");

  if ((set & MS.REMOUNT) !== 0) {
    return {
      kind: "remount",
      destination,
      filesystem: isBind ? undefined : { flags: filesystemFlags(options), data: join(mount, options.data) },
      attributes: mountAttributes(set, options.clear),
      recursiveAttributes: mountAttributes(options.recursiveSet, options.recursiveClear),
      propagation,
    };
  }
  if (isBind) {
    // What mount(2) is to get as its data, which it does not look at for a bind mount.
    if (options.data.length > 0) {
      const words = options.data.map((each) => JSON.stringify(each)).join(", ");
      host.warn(`mount on ${mount.destination}: ${words} is ignored: a bind mount has no options of a file system`);
    }
    return bindSpec(mount, destination, options, host, rights, idMap);
  }
  if (type === "") refuseMount(mount, "it has no type, and neither bind nor rbind among its options");
  if (type === "bind") refuseMount(mount, 'type "bind" alone makes no bind mount: options must have bind or rbind');
  // What must be where its path says follows no symlink.
  const isPlain = MUST_BE_PLAIN.includes(type);
  if (isPlain) checkProc(mount, destination, () => type === "proc");
  const place = isPlain ? destination : placeOf(mount, () => false, rights);
  if (type === "cgroup") {
    const data = join(mount, options.data);
    const asked = { destination: place, flags: filesystemFlags(options), data, propagation: options.propagation };
    const spec = cgroupSpec(asked, host.cgroups(), rights, host.warn);
    if (spec !== undefined) return spec;
  }
  const isCgroup2 = type === "cgroup" || type === "cgroup2";
  // mount(2) refuses to mount the host's one over itself (EBUSY), which a bind mount of /sys may show there; move_mount(2) does not.
  const isDetached = isCgroup2 && rights.bound(place);
  return filesystemSpec(mount, isCgroup2 ? "cgroup2" : type, place, options, host, idMap, isDetached);
}

function bindSpec(
  mount: Mount,
  destination: string,
  { set, clear: unset, recursiveSet: asked, recursiveClear, propagation, extensions }: MountOptions,
  host: MountHost,
  rights: Rights,
  idMap: IdMap | undefined,
): BindMountSpec | SymlinkSpec {
  if (mount.source === undefined || mount.source === "") refuseMount(mount, "a bind mount needs a source");
  const source = mount.source.startsWith("/") ? mount.source : `${host.bundle}/${mount.source}`;
  const isProcfs = () => host.filesystemType(source) === MAGIC.PROC_SUPER_MAGIC;
  const { closed, locked } = rights;
  const followSource = !extensions.includes("src-nofollow");
  const followDestination = !extensions.includes("dest-nofollow");
  const copySymlink = extensions.includes("copy-symlink");
  if (copySymlink && !(followSource && followDestination)) {
    refuseMount(mount, "copy-symlink excludes src-nofollow and dest-nofollow");
  }
  const target = copySymlink || !followSource ? host.readLink(source) : undefined;
  if (!followDestination || copySymlink) checkProc(mount, destination, isProcfs);
  if (copySymlink && target !== undefined) return { kind: "symlink", destination, target };

  const recursiveSet = SHOWS_CGROUPS.test(source) && closed() ? asked | MS.RDONLY : asked;
  // Engines write `rw` for what is not to be read-only besides: where that is so already, it stays.
  const isKept = (unset & MS.RDONLY) !== 0 && locked() && host.isReadonly(source);
  const clear = (isKept ? unset & ~MS.RDONLY : unset) | unasked(set, unset, locked);
  return {
    kind: "bind",
    destination: followDestination ? placeOf(mount, isProcfs, rights) : destination,
    source,
    recursive: (set & MS.REC) !== 0,
    followSource,
    followDestination,
    sourceIsFile: target !== undefined || !host.isDirectory(source),
    // So that what the recursive options say holds for the mount itself, too, in whichever order both are set.
    attributes: mountAttributes((set & ~recursiveClear) | recursiveSet, (clear & ~recursiveSet) | recursiveClear),
    recursiveAttributes: mountAttributes(recursiveSet, recursiveClear),
    propagation,
    idMap: idMap && { ...idMap, filesystem: host.filesystemName(source) },
  };
}

/** Flags that a mount has of its own, whatever file system it shows. */
const OWN_FLAGS = MS.RDONLY | MS.NOSUID | MS.NODEV | MS.NOEXEC | MS.NOSYMFOLLOW;
const ATIME_FLAGS = MS.NOATIME | MS.NODIRATIME | MS.RELATIME | MS.STRICTATIME;

/**
 * What a bind mount loses of its source's flags: with an option for any it has just those that are asked for, as with mount(2),
 * runc and crun; with none it keeps all. So it does where flags are locked.
 */
function unasked(set: number, unset: number, locked: () => boolean): number {
  const asked = set & ~(MS.BIND | MS.REC);
  if ((asked === 0 && unset === 0) || locked()) return 0;
  return ~set & (OWN_FLAGS | ((set & ATIME_FLAGS) === 0 ? 0 : MS.NODIRATIME));
}

function filesystemSpec(
  mount: Mount,
  type: string,
  destination: string,
  options: MountOptions,
  host: MountHost,
  idMap: IdMap | undefined,
  isDetached: boolean,
): MountSpec {
  const { propagation } = options;
  const source = mount.source === undefined || mount.source === "" ? type : mount.source;
  const flags = filesystemFlags(options);
  const data = withLabel(options.data, type, host.mountLabel);
  const keepMode = type === "tmpfs" && !/(^|,)mode=/.test(options.data.join());
  const copyUp = options.extensions.includes("tmpcopyup");
  const readonly = (flags & MS.RDONLY) !== 0 && (type === "tmpfs" || destination === "/dev");
  if (!keepMode && !copyUp && !readonly && idMap === undefined && destination !== "/" && !isDetached) {
    return { kind: "filesystem", destination, type, source, flags, data: join(mount, data), propagation };
  }
  const attributes = mountAttributes(flags, 0).set;
  return {
    kind: "detached",
    destination,
    type,
    source,
    parameters: parameters(flags, data),
    attributes: readonly ? attributes & ~MOUNT_ATTR.RDONLY : attributes,
    readonly,
    keepMode,
    contents: copyUp ? host.contents(destination) : [],
    propagation,
    idMap: idMap && { ...idMap, filesystem: type },
  };
}

/** The flags mount(2) gets; a new file system has nothing below it, so the recursive options are as good as the others. */
function filesystemFlags({ set, recursiveSet, recursiveClear }: MountOptions): number {
  return ((set & ~recursiveClear) | recursiveSet) & ~(MS.BIND | MS.REC | MS.REMOUNT);
}

function join(mount: Mount, data: readonly string[]): string {
  const text = data.join();
  // Hardly any need be counted.
  const length = text.length < DATA_SIZE / 3 ? 0 : utf8Length(text);
  if (length >= DATA_SIZE)
    refuseMount(mount, `its options for the file system have ${length} bytes: the kernel takes ${DATA_SIZE - 1}`);
  return text;
}

/** As fsconfig(2) takes them: one by one, and with them the flags that belong to the file system. */
function parameters(flags: number, data: readonly string[]): { key: string; value: string | undefined }[] {
  const list: { key: string; value: string | undefined }[] = [];
  if (flags & MS.SYNCHRONOUS) list.push({ key: "sync", value: undefined });
  if (flags & MS.DIRSYNC) list.push({ key: "dirsync", value: undefined });
  if (flags & MS.LAZYTIME) list.push({ key: "lazytime", value: undefined });
  if (flags & MS.MANDLOCK) list.push({ key: "mand", value: undefined });
  for (const option of splitOptions(data.join())) {
    const sign = option.indexOf("=");
    const key = sign < 0 ? option : option.slice(0, sign);
    list.push({ key, value: sign < 0 ? undefined : unquoted(key, option.slice(sign + 1)) });
  }
  return list;
}
