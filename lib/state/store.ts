/**
 * The state root: a directory for each container, named by its id, that holds its record. Whoever changes a container holds a
 * lock on that directory; whoever only asks reads the record, which is replaced in one step.
 */
import { during, errnoOf, RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { AT, LOCK, O, RENAME } from "../linux/fcntl.ts";
import { DT } from "../linux/stat.ts";
import { must, syscall, tolerating } from "../sys/ffi.ts";
import { close, type Fd, mkdir, openIfExists, readdir, readFileIfExists, rmdir, stat, unlink } from "../sys/file.ts";
import { replaceAtomically } from "../sys/new-file.ts";
import type { ContainerRecord } from "./record.ts";
import { removeDirectory } from "./remove.ts";

const RECORD = "state.json";

/** There is no container of that id under the state root. */
export class NotFoundError extends RuntimeError {
  constructor() {
    // Engines look for these words.
    super("container does not exist");
  }
}

/** A container's state directory, opened and locked until `unlock` or the end of this command. */
export interface Lock {
  readonly id: string;
  readonly directory: Fd;
}

/** The id names a directory and, in errors and cgroups, the container: letters, digits and `_+-.`, but not `.` or `..`. */
export function checkId(id: string): void {
  if (!/^[\w+.-]+$/.test(id) || id === "." || id === "..") {
    const quoted = JSON.stringify(id);
    throw new RuntimeError(`invalid container ID format: ${quoted} may have letters, digits and _ + - . only`);
  }
  if (id.length > 255)
    throw new RuntimeError(`invalid container ID format: it has ${id.length} characters, 255 is the most`);
}

/**
 * Makes the state directory of a new container and locks it.
 * @throws RuntimeError when there is a container of that id
 */
export function createState(root: string, id: string): Lock {
  checkId(id);
  makeRoot(root);
  const path = `${root}/${id}`;
  if (!during(`make the state directory ${path}`, () => mkdir(path, 0o711))) {
    throw new RuntimeError("container with given ID already exists");
  }
  return lockState(root, id);
}

/**
 * Locks a container; waits while another command holds it.
 * @throws NotFoundError
 */
export function lockState(root: string, id: string): Lock {
  checkId(id);
  const directory = openIfExists(`${root}/${id}`, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
  if (directory === undefined) throw new NotFoundError();
  while (syscall("flock", directory, LOCK.EX) === -E.EINTR);
  // Deleted while this command waited, perhaps made anew: what is open here is no longer what the name means.
  if (stat(`${root}/${id}`)?.ino !== stat("", directory)?.ino) throw new NotFoundError();
  return { id, directory };
}

/** Another command holds the container's lock just now. Throws SyscallError. */
export function isLocked(root: string, id: string): boolean {
  const directory = openIfExists(`${root}/${id}`, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
  if (directory === undefined) return false;
  const result = syscall("flock", directory, LOCK.SH | LOCK.NB);
  close(directory);
  return result === -E.EAGAIN;
}

/** Lets other commands go on with the container. */
export function unlock(lock: Lock): void {
  close(lock.directory);
}

/** Writes the record, in one step. Throws SyscallError. */
export function writeRecord(lock: Lock, record: ContainerRecord): void {
  during("write the container's state", () => replaceAtomically(lock.directory, RECORD, JSON.stringify(record)));
}

/**
 * Reads a container's record, locked or not; undefined when the container's `create` has not come so far.
 * @throws NotFoundError, or says what is wrong with the record
 */
export function readRecord(root: string, id: string): ContainerRecord | undefined {
  checkId(id);
  const directory = openIfExists(`${root}/${id}`, O.PATH | O.DIRECTORY | O.NOFOLLOW);
  if (directory === undefined) throw new NotFoundError();
  try {
    const text = readFileIfExists(RECORD, directory);
    return text === undefined ? undefined : parseRecord(text, `${root}/${id}/${RECORD}`);
  } finally {
    close(directory);
  }
}

function parseRecord(text: string, path: string): ContainerRecord {
  const record = parse(text);
  if (typeof record !== "object" || record === null) {
    throw new RuntimeError(`the container's state ${path} is damaged: delete --force removes what can be found`);
  }
  if (record.format !== 1) throw new RuntimeError(`the container's state ${path} is of another version of runt`);
  return record;
}

function parse(text: string): ContainerRecord | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Removes the state directory: the container is gone.
 * @returns where what stays of it is: a user can't remove directories that the container has given to other ids. Throws SyscallError
 */
export function removeState(root: string, lock: Lock): string | undefined {
  const entries = readdir(lock.directory);
  // First what may fail: the record is there then for another try.
  const areRemoved = entries.map(({ name, type }) => type !== DT.DIR || isRemoved(name, lock.directory));
  for (const { name, type } of entries) if (type !== DT.DIR) unlink(name, lock.directory);
  const path = `${root}/${lock.id}`;
  if (areRemoved.includes(false)) return putAside(path, root);
  const errno = rmdir(path);
  if (errno !== 0 && errno !== E.ENOENT) must("unlinkat", AT.FDCWD, path, AT.REMOVEDIR);
  return undefined;
}

/** Removes a directory; answers false when runt has not the right to. Throws SyscallError. */
function isRemoved(name: string, parent: Fd): boolean {
  try {
    removeDirectory(name, parent);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === E.EACCES || errno === E.EPERM) return false;
    throw error;
  }
}

/** Gives a state directory a name that is no container's. @returns it. Throws SyscallError */
function putAside(path: string, root: string): string {
  for (let n = 0; ; ++n) {
    const aside = `${root}/.deleted-${syscall("getpid")}-${n}`;
    if (tolerating([E.EEXIST], "renameat2", AT.FDCWD, path, AT.FDCWD, aside, RENAME.NOREPLACE) === 0) return aside;
  }
}

/** The ids of all containers of a state root, in order. Throws SyscallError. */
export function listIds(root: string): string[] {
  const directory = openIfExists(root, O.RDONLY | O.DIRECTORY);
  if (directory === undefined) return [];
  try {
    return readdir(directory)
      .filter(({ name, type }) => type === DT.DIR && !name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } finally {
    close(directory);
  }
}

/** Makes the state root and the directories above it. */
function makeRoot(root: string): void {
  const fd = openIfExists(root, O.PATH | O.DIRECTORY);
  if (fd !== undefined) {
    close(fd);
    return;
  }
  const names = root.split("/");
  for (let depth = 2; depth <= names.length; depth++) {
    const path = names.slice(0, depth).join("/");
    during(`make the state root ${root} (--root or XDG_RUNTIME_DIR may name another one)`, () =>
      mkdir(path, depth === names.length ? 0o700 : 0o755),
    );
  }
}
