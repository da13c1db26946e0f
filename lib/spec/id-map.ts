/**
 * Mapped ids of a mount, config.md § Mounts: its own uidMappings and gidMappings, those in the option `idmap=uids=…;gids=…` as crun
 * takes them, or those of the container's user namespace.
 */
import { RuntimeError } from "../base/errors.ts";
import type { Linux, Mount } from "../config/schema.ts";
import type { IdMapping } from "./user-namespace.ts";

/** What mount_setattr(2) maps ids by. */
export interface IdMap {
  /** A user namespace that is there; undefined: one that is made for the two lists. */
  readonly path: string | undefined;
  /** `containerID` is what the file system has, `hostID` what it becomes. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  /** For what is mounted below it, too. */
  readonly recursive: boolean;
}

/** That of a mount, with what its file system is called: not all of them can map ids. */
export interface MountIdMap extends IdMap {
  readonly filesystem: string;
}

const OPTION = /^(r?)idmap(=.*)?$/;

/** Whether an option of a mount is one of these. */
export function isIdMapOption(option: string): boolean {
  return OPTION.test(option);
}

/**
 * How the ids of a mount are mapped; undefined: not at all.
 * @throws RuntimeError for an option that can't be read, or that refers to ids the container has not
 */
export function idMap(mount: Mount, linux: Linux | undefined): IdMap | undefined {
  const [, recursive, inline] = OPTION.exec(mount.options?.findLast(isIdMapOption) ?? "") ?? [];
  const { uidMappings = [], gidMappings = [] } = mount;
  const own = { path: undefined, recursive: recursive === "r" };
  if (uidMappings.length > 0) return { ...own, uidMappings, gidMappings };
  if (inline !== undefined) return { ...own, ...parseInline(inline.slice(1), linux) };
  if (recursive === undefined) return undefined;
  const path = linux?.namespaces?.find(({ type }) => type === "user")?.path || undefined;
  return { ...own, path, uidMappings: linux?.uidMappings ?? [], gidMappings: linux?.gidMappings ?? [] };
}

function parseInline(text: string, linux: Linux | undefined): Pick<IdMap, "uidMappings" | "gidMappings"> {
  const lists = new Map<string, IdMapping[]>();
  for (const part of text.split(";")) {
    const [, kind, ranges] = /^(uids|gids)=(.+)$/.exec(part) ?? fail(text);
    const outer = (kind === "uids" ? linux?.uidMappings : linux?.gidMappings) ?? [];
    const list = (ranges as string).split("#").flatMap((range) => parseRange(range, outer, text));
    lists.set(kind as string, list);
  }
  return { uidMappings: lists.get("uids") ?? fail(text), gidMappings: lists.get("gids") ?? fail(text) };
}

function fail(text: string): never {
  const right =
    "idmap=uids=FROM-TO-SIZE#…;gids=FROM-TO-SIZE#…, with @ before a range whose TO is an id in the container";
  throw new RuntimeError(`option "idmap=${text}" should be ${right}`);
}

const LAST_ID = 0xffff_fffe;

function parseRange(range: string, outer: readonly IdMapping[], text: string): IdMapping[] {
  const [, relative, ...numbers] = /^(@?)(\d{1,10})-(\d{1,10})-(\d{1,10})$/.exec(range) ?? fail(text);
  const [containerID, hostID, size] = numbers.map(Number) as [number, number, number];
  if (size === 0 || containerID + size - 1 > LAST_ID || hostID + size - 1 > LAST_ID) fail(text);
  if (relative !== "@") return [{ containerID, hostID, size }];
  return fromContainer({ containerID, hostID, size }, outer);
}

/** `hostID` of a range in the container becomes the host's, which may take several ranges. */
function fromContainer({ containerID, hostID, size }: IdMapping, outer: readonly IdMapping[]): IdMapping[] {
  const ranges: IdMapping[] = [];
  for (let done = 0; done < size; ) {
    const id = hostID + done;
    const range = outer.find((each) => each.containerID <= id && id < each.containerID + each.size);
    if (range === undefined)
      throw new RuntimeError(`option idmap: id ${id} has no mapping in the container's user namespace`);
    const skipped = id - range.containerID;
    const count = Math.min(size - done, range.size - skipped);
    ranges.push({ containerID: containerID + done, hostID: range.hostID + skipped, size: count });
    done += count;
  }
  return ranges;
}
