/** Bind mounts and file systems as items of the table of mount-table.ts, which has the columns. */
import { AT, O, RESOLVE } from "../linux/fcntl.ts";
import { OPEN_TREE } from "../linux/mount.ts";
import type { BindMountSpec, FilesystemMountSpec } from "../spec/mount-spec.ts";
import { MUST_BE_PLAIN } from "../spec/mounts.ts";
import { lastName } from "../spec/paths.ts";
import { CHANGE, type Changes, changes, newPropagation, propagationChanges } from "./attach.ts";
import { IN_ROOT } from "./targets.ts";

export type TableMount = BindMountSpec | FilesystemMountSpec;

/** In the column of the type: a bind mount whose source is open already. */
export const HANDED = 1;

/** A mount as an item of the table: the values of its columns, in their order. */
export type Cells = (number | string)[];

/** No changes. */
export const NONE: Changes = [];

/** Below a shared mount it becomes shared itself when it is attached, and can be told otherwise only then. */
export function changesBefore(mount: TableMount, shared: boolean): Changes {
  if (mount.kind !== "bind") return NONE;
  const { attributes, recursiveAttributes, propagation, recursive } = mount;
  return changes(attributes, recursiveAttributes, shared ? NONE : propagation, !recursive);
}

/** And what can be said only when it is attached. */
export function changesAfter({ kind, propagation }: TableMount, shared: boolean): Changes {
  if (kind !== "bind") return newPropagation(propagation, shared);
  return shared ? propagationChanges(propagation) : NONE;
}

/** Directories above the last name. */
export function depth(path: string): number {
  let count = 0;
  for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) ++count;
  return count;
}

/** The columns of a bind mount, up to those of directories. @param handed the descriptor of its source, if that is open */
export function bindCells(mount: BindMountSpec, handed: number | undefined): Cells {
  const { destination, source, sourceIsFile, followDestination } = mount;
  const open = O.PATH | O.CLOEXEC | (followDestination ? (sourceIsFile ? 0 : O.DIRECTORY) : O.NOFOLLOW);
  const keep = destination === "/" ? 1 : 0;
  const place = [bindName(mount), destination, lastName(destination), sourceIsFile ? 1 : 0, open, IN_ROOT];
  const opened = handed === undefined ? [0, source, treeFlags(mount)] : [HANDED, handed, 0];
  return [...place, ...opened, 0, keep];
}

/** What a bind mount is called in the name of its steps. */
export function bindName({ source, destination }: BindMountSpec): string {
  return `${source} on ${destination}`;
}

/** How open_tree(2) gets the source. */
export function treeFlags({ recursive, followSource }: BindMountSpec): number {
  return (
    OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC | (recursive ? AT.RECURSIVE : 0) | (followSource ? 0 : AT.SYMLINK_NOFOLLOW)
  );
}

/** The same of a file system of its own. */
export function filesystemCells({ destination, type, source, flags, data }: FilesystemMountSpec): Cells {
  const open = O.PATH | O.DIRECTORY | O.CLOEXEC;
  const resolve = MUST_BE_PLAIN.includes(type) ? IN_ROOT | RESOLVE.NO_SYMLINKS : IN_ROOT;
  const options = data === "" ? 0 : data;
  const what = `${type} on ${destination}`;
  return [what, destination, lastName(destination), 0, open, resolve, type, source, flags, options, 0];
}

/** Adds the directories above the last name and zeros up to `count`: where the next column is. */
export function addDirectories(item: Cells, path: string, count: number): number {
  let at = item.length;
  const end = at + count * 2;
  for (let start = 1, slash = path.indexOf("/", 1); slash > 0; start = slash + 1, slash = path.indexOf("/", start)) {
    item[at] = path.slice(start, slash);
    item[at + 1] = path.slice(0, slash);
    at += 2;
  }
  for (; at < end; ++at) item[at] = 0;
  return end;
}

/** Adds the columns of `count` changes, zeros for those that `list` lacks: where the next column is. */
export function addChanges(item: Cells, start: number, list: Changes, count: number): number {
  const size = count * CHANGE;
  for (let i = 0; i < size; ++i) item[start + i] = i < list.length ? (list[i] as number) : 0;
  return start + size;
}
