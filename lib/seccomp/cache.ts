/**
 * Compiled filters are kept below the state root, since to compile a profile as long as engines send takes more time than all
 * the rest of a container's start.
 */

import { debug } from "../base/debug.ts";
import { describe } from "../base/errors.ts";
import type { Seccomp } from "../config/schema.ts";
import { O } from "../linux/fcntl.ts";
import { MACHINE } from "../linux/machine.ts";
import { decode, encode, must } from "../sys/ffi.ts";
import { close, type Fd, mkdir, open, openIfExists, readAll, readdir, stat, unlink } from "../sys/file.ts";
import { writeAtomically } from "../sys/new-file.ts";
import { geteuid } from "../sys/process.ts";
import { compile } from "./compile.ts";
import { keyOf, nameOf, pack, unpack } from "./entry.ts";
import { filterFlags, usesNotify } from "./profile.ts";
import { libseccompVersion } from "./version.ts";

/** What seccomp(2) is to be called with. */
export interface CompiledSeccomp {
  /** struct sock_filter[] as bytes */
  readonly filter: Uint8Array;
  /** SECCOMP_FILTER_FLAG_* */
  readonly flags: number;
  /** The filter has calls that an agent decides: seccomp(2) returns a descriptor for it. */
  readonly notify: boolean;
}

/** In the state root, where containers have directories: no container has an id with a colon. */
const DIRECTORY = ".seccomp:cache";

/** More than the profiles that a host uses at a time. When there are as many files, all go. */
const MOST_FILES = 64;

/** What is as a rule more than a file of the cache has bytes: it is read at once. */
const FILE_SIZE = 32768;

/** How many profiles may meet under one name. */
const SLOTS = 4;

/**
 * Compiles linux.seccomp, or finds it compiled.
 * @param root the state root. Where it can have no cache of which only this user is the master, there is none
 * @throws RuntimeError for what libseccomp or the kernel can't take
 */
export function compileSeccomp(profile: Seccomp, root: string): CompiledSeccomp {
  const flags = filterFlags(profile);
  const notify = usesNotify(profile);
  const key = keyOf(origin(), profile);
  const cached = withCache(root, (directory) => find(directory, key).filter);
  if (cached !== undefined) return { filter: cached, flags, notify };
  const filter = compile(profile);
  withCache(root, (directory) => store(directory, key, filter));
  return { filter, flags, notify };
}

/** What compiles: another runt, libseccomp, kernel or machine may make another filter of the same profile. */
function origin(): string {
  const utsname = new Uint8Array(390);
  must("uname", utsname);
  const release = 2 * 65;
  const kernel = decode(utsname, release, utsname.indexOf(0, release) - release);
  return `runt ${__VERSION__} ${__COMMIT__}, libseccomp ${libseccompVersion()}, Linux ${kernel}, ${MACHINE}`;
}

/** Runs `action` on the cache's directory, made if need be. Without one, and when anything fails, the answer is undefined. */
function withCache<T>(root: string, action: (directory: Fd) => T): T | undefined {
  const path = `${root}/${DIRECTORY}`;
  let directory: Fd | undefined;
  try {
    directory = openIfExists(path, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
    if (directory === undefined) {
      mkdir(path, 0o700);
      directory = open(path, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
    }
    const found = stat("", directory);
    if (found?.uid === geteuid() && (found.mode & 0o077) === 0) return action(directory);
    debug("seccomp", () => `no cache in ${path}: others than its user can write to it`);
  } catch (error) {
    debug("seccomp", () => `no cache in ${path}: ${describe(error)}`);
  } finally {
    if (directory !== undefined) close(directory);
  }
  return undefined;
}

/** The filter for `key`, or else the name of the file that is for it. Throws SyscallError. */
function find(directory: Fd, key: string): { readonly filter?: Uint8Array; readonly name: string } {
  const name = nameOf(encode(key));
  for (let slot = 0; slot < SLOTS; slot++) {
    const file = openIfExists(`${name}-${slot}`, O.RDONLY | O.NOFOLLOW, directory);
    if (file === undefined) return { name: `${name}-${slot}` };
    try {
      const entry = unpack(readAll(file, FILE_SIZE));
      if (entry === undefined) return { name: `${name}-${slot}` };
      if (decode(entry.key) === key) return { filter: entry.filter, name: `${name}-${slot}` };
    } finally {
      close(file);
    }
  }
  return { name: `${name}-0` };
}

function store(directory: Fd, key: string, filter: Uint8Array): void {
  const { name } = find(directory, key);
  const files = readdir(directory);
  if (files.length >= MOST_FILES) for (const file of files) unlink(file.name, directory);
  writeAtomically(directory, name, pack({ filter, key: encode(key) }));
}
