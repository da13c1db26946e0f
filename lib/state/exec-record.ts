/**
 * What `exec` needs of a container beside its record, in a file of its own, `exec`, so that the other commands need not read it:
 * a line of JSON, and the seccomp filter behind it. It is what `create` made of config.json, as runc keeps it: a bundle that was
 * changed or removed since, by whomever, changes nothing about a container that is there.
 */
import { during, RuntimeError } from "../base/errors.ts";
import { markedText, parseMarked } from "../config/integers.ts";
import type { Linux, Process } from "../config/schema.ts";
import { O } from "../linux/fcntl.ts";
import type { SeccompSpec } from "../spec/container-spec.ts";
import { decode, encode, must } from "../sys/ffi.ts";
import { close, openIfExists, readAll } from "../sys/file.ts";
import { createFile } from "../sys/new-file.ts";
import type { Lock } from "./store.ts";

const FILE = "exec";
/** Its name while the container's root is still the host's, to which `exec` must not lead. */
const UNFINISHED = "exec.creating";
const NEWLINE = 10;

/** A container as `exec` has to know it. */
export interface ExecRecord {
  /** `process` of config.json: the defaults of another one. */
  readonly process: Process | undefined;
  /** What of `linux` holds for every process of the container, and is not inherited from it. */
  readonly linux: Pick<Linux, "personality" | "memoryPolicy">;
  /** CLONE_NEW* of the namespaces that were made or joined. */
  readonly namespaces: number;
  /** It has a session keyring of its own. */
  readonly newKeyring: boolean;
  readonly seccomp: SeccompSpec | undefined;
}

/** Writes the file, once for a container: `exec` finds it after `allowExec`. Throws RuntimeError. */
export function writeExecRecord(lock: Lock, { seccomp, ...record }: ExecRecord): void {
  const { filter = new Uint8Array(0), ...attributes } = seccomp ?? {};
  const head = encode(`${markedText({ ...record, seccomp: seccomp && attributes })}\n`);
  const bytes = new Uint8Array(head.length + filter.length);
  bytes.set(head);
  bytes.set(filter, head.length);
  during("write what exec needs of the container", () => createFile(UNFINISHED, bytes, lock.directory, 0o600));
}

/** Lets `exec` into a container that has all that its programs are to find. Throws RuntimeError. */
export function allowExec({ directory }: Lock): void {
  during("let exec into the container", () => {
    must("renameat2", directory, UNFINISHED, directory, FILE, 0);
  });
}

/** Reads the file of container `id` below the state root. @throws RuntimeError when it is not there yet or not whole */
export function readExecRecord(root: string, id: string): ExecRecord {
  const path = `${root}/${id}/${FILE}`;
  const fd = openIfExists(path, O.RDONLY | O.NOFOLLOW);
  if (fd === undefined) {
    throw new RuntimeError("cannot exec in a container that is not made yet: its create is at work, or was killed");
  }
  return during(`read ${path}`, () => {
    try {
      const bytes = readAll(fd);
      const end = bytes.indexOf(NEWLINE);
      const { seccomp, ...record } = parseMarked(decode(bytes, 0, end)) as ExecRecord;
      return { ...record, seccomp: seccomp && { ...seccomp, filter: bytes.slice(end + 1) } };
    } finally {
      close(fd);
    }
  });
}
