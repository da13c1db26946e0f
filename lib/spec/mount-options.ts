/** The option strings of a mount, config.md § Linux mount options: text becomes flag bits here, once, and stays bits from then on. */
import { MOUNT_ATTR, MS } from "../linux/mount.ts";
import { isIdMapOption } from "./id-map.ts";
import type { MountAttributes } from "./mount-spec.ts";

/** What an option says. Flags are `MS_*` of mount(2), also where mount_setattr(2) will set them. */
export interface MountOption {
  readonly set?: number;
  readonly clear?: number;
  /** The flags are for the mount and all mounts below it. */
  readonly recursive?: true;
  readonly propagation?: number;
  /** How the mount is made, beyond what a flag can say. */
  readonly extension?: "tmpcopyup" | "copy-symlink" | "src-nofollow" | "dest-nofollow";
}

/** The access time is one field of three values, so each of them replaces the others. */
const NOATIME = { set: MS.NOATIME, clear: MS.RELATIME | MS.STRICTATIME };
const RELATIME = { set: MS.RELATIME, clear: MS.NOATIME | MS.STRICTATIME };
const STRICTATIME = { set: MS.STRICTATIME, clear: MS.NOATIME | MS.RELATIME };

/** Every option runt knows; `features` lists their names. Any other is the file system's own. */
export const MOUNT_OPTIONS: Readonly<Record<string, MountOption>> = {
  defaults: {},
  bind: { set: MS.BIND },
  rbind: { set: MS.BIND | MS.REC },
  remount: { set: MS.REMOUNT },
  ro: { set: MS.RDONLY },
  rw: { clear: MS.RDONLY },
  nosuid: { set: MS.NOSUID },
  suid: { clear: MS.NOSUID },
  nodev: { set: MS.NODEV },
  dev: { clear: MS.NODEV },
  noexec: { set: MS.NOEXEC },
  exec: { clear: MS.NOEXEC },
  nosymfollow: { set: MS.NOSYMFOLLOW },
  symfollow: { clear: MS.NOSYMFOLLOW },
  nodiratime: { set: MS.NODIRATIME },
  diratime: { clear: MS.NODIRATIME },
  noatime: NOATIME,
  atime: { clear: MS.NOATIME },
  relatime: RELATIME,
  norelatime: { clear: MS.RELATIME },
  strictatime: STRICTATIME,
  nostrictatime: { clear: MS.STRICTATIME },
  // From here to `nomand`: of the file system, hence without effect on a bind mount, as with mount(8).
  sync: { set: MS.SYNCHRONOUS },
  async: { clear: MS.SYNCHRONOUS },
  dirsync: { set: MS.DIRSYNC },
  lazytime: { set: MS.LAZYTIME },
  nolazytime: { clear: MS.LAZYTIME },
  iversion: { set: MS.I_VERSION },
  noiversion: { clear: MS.I_VERSION },
  silent: { set: MS.SILENT },
  loud: { clear: MS.SILENT },
  mand: { set: MS.MANDLOCK },
  nomand: { clear: MS.MANDLOCK },
  // No file system has mounts of another one below it, so recursive says nothing more here.
  rsync: { set: MS.SYNCHRONOUS },
  rasync: { clear: MS.SYNCHRONOUS },
  rdirsync: { set: MS.DIRSYNC },
  rmand: { set: MS.MANDLOCK },
  rnomand: { clear: MS.MANDLOCK },
  rro: { set: MS.RDONLY, recursive: true },
  rrw: { clear: MS.RDONLY, recursive: true },
  rnosuid: { set: MS.NOSUID, recursive: true },
  rsuid: { clear: MS.NOSUID, recursive: true },
  rnodev: { set: MS.NODEV, recursive: true },
  rdev: { clear: MS.NODEV, recursive: true },
  rnoexec: { set: MS.NOEXEC, recursive: true },
  rexec: { clear: MS.NOEXEC, recursive: true },
  rnosymfollow: { set: MS.NOSYMFOLLOW, recursive: true },
  rsymfollow: { clear: MS.NOSYMFOLLOW, recursive: true },
  rnodiratime: { set: MS.NODIRATIME, recursive: true },
  rdiratime: { clear: MS.NODIRATIME, recursive: true },
  rnoatime: { ...NOATIME, recursive: true },
  ratime: { clear: MS.NOATIME, recursive: true },
  rrelatime: { ...RELATIME, recursive: true },
  rnorelatime: { clear: MS.RELATIME, recursive: true },
  rstrictatime: { ...STRICTATIME, recursive: true },
  rnostrictatime: { clear: MS.STRICTATIME, recursive: true },
  private: { propagation: MS.PRIVATE },
  rprivate: { propagation: MS.PRIVATE | MS.REC },
  shared: { propagation: MS.SHARED },
  rshared: { propagation: MS.SHARED | MS.REC },
  slave: { propagation: MS.SLAVE },
  rslave: { propagation: MS.SLAVE | MS.REC },
  unbindable: { propagation: MS.UNBINDABLE },
  runbindable: { propagation: MS.UNBINDABLE | MS.REC },
  tmpcopyup: { extension: "tmpcopyup" },
  "copy-symlink": { extension: "copy-symlink" },
  "src-nofollow": { extension: "src-nofollow" },
  "dest-nofollow": { extension: "dest-nofollow" },
  // What they say is in id-map.ts.
  idmap: {},
  ridmap: {},
};

/** What parsing reads: a name such as `constructor` is not in it. */
const OPTIONS: ReadonlyMap<string, MountOption> = new Map(Object.entries(MOUNT_OPTIONS));

/** The options of one mount: `MS_*` asked for, and `MS_*` asked to be absent; no bit is in both. */
export interface MountOptions {
  readonly set: number;
  readonly clear: number;
  /** The same for the mount and all below it. */
  readonly recursiveSet: number;
  readonly recursiveClear: number;
  /** One `MS_*` propagation each, with MS_REC or not, in the order given. */
  readonly propagation: readonly number[];
  readonly extensions: readonly string[];
  /** What is left to the file system. */
  readonly data: readonly string[];
}

/** Reads `options` in their order, so that a later one overrides an earlier one. Those of id-map.ts are left out. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  let set = 0;
  let clear = 0;
  let recursiveSet = 0;
  let recursiveClear = 0;
  const propagation: number[] = [];
  const extensions: string[] = [];
  const data: string[] = [];
  for (let i = 0; i < options.length; ++i) {
    const name = options[i] as string;
    const option = OPTIONS.get(name);
    if (option === undefined) {
      if (!isIdMapOption(name)) data[data.length] = name;
    } else if (option.propagation !== undefined) propagation[propagation.length] = option.propagation;
    else if (option.extension !== undefined) extensions[extensions.length] = option.extension;
    else {
      const { set: more = 0, clear: less = 0 } = option;
      if (option.recursive) {
        recursiveSet = (recursiveSet & ~less) | more;
        recursiveClear = (recursiveClear & ~more) | less;
      } else {
        set = (set & ~less) | more;
        clear = (clear & ~more) | less;
      }
    }
  }
  return { set, clear, recursiveSet, recursiveClear, propagation, extensions, data };
}

/**
 * The flags as mount_setattr(2) takes them; those of a file system rather than a mount are left out. An access time that is only
 * cleared becomes relatime, the kernel's own choice (`norelatime` alone therefore changes nothing).
 */
export function mountAttributes(set: number, clear: number): MountAttributes {
  if (set === 0 && clear === 0) return NO_ATTRIBUTES;
  const atime = set & (MS.NOATIME | MS.RELATIME | MS.STRICTATIME);
  const changesAtime = atime !== 0 || (clear & (MS.NOATIME | MS.STRICTATIME)) !== 0;
  const value = atime === MS.NOATIME ? MOUNT_ATTR.NOATIME : atime === MS.STRICTATIME ? MOUNT_ATTR.STRICTATIME : 0;
  return {
    set: attributeBits(set) | value,
    clear: attributeBits(clear) | (changesAtime ? MOUNT_ATTR._ATIME : 0),
  };
}

const NO_ATTRIBUTES: MountAttributes = { set: 0, clear: 0 };

/** The flags that are bits in both interfaces; the first four have the same place in both. */
function attributeBits(flags: number): number {
  return (
    (flags & (MS.RDONLY | MS.NOSUID | MS.NODEV | MS.NOEXEC)) |
    (flags & MS.NODIRATIME ? MOUNT_ATTR.NODIRATIME : 0) |
    (flags & MS.NOSYMFOLLOW ? MOUNT_ATTR.NOSYMFOLLOW : 0)
  );
}
