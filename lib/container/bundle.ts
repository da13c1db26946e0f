/** A bundle: the directory that holds config.json. The command works in it from here on. */
import { during, RuntimeError } from "../base/errors.ts";
import { parseConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { S } from "../linux/stat.ts";
import { must } from "../sys/ffi.ts";
import { cwd, readFile, stat } from "../sys/file.ts";

/** A bundle that was read. */
export interface Bundle {
  /** Absolute. */
  readonly path: string;
  readonly config: Config;
}

/**
 * Enters the bundle, reads its configuration and validates it.
 * @param file the configuration's path, config.json of the bundle if undefined
 * @throws RuntimeError with every problem of the configuration
 */
export function loadBundle(directory: string, file: string | undefined): Bundle {
  const outer = file?.startsWith("/") === false ? `${cwd()}/${file}` : file;
  during(`enter the bundle ${JSON.stringify(directory)}`, () => must("chdir", directory));
  const path = outer ?? "config.json";
  const text = during(`read ${JSON.stringify(path)} of the bundle`, () => {
    if (outer === undefined) needFile(path);
    return readFile(path);
  });
  return { path: cwd(), config: parseConfig(text, path) };
}

/** @throws RuntimeError for what may be without an end, or wait for somebody to write it: a FIFO, a device */
function needFile(path: string): void {
  const found = stat(path);
  if (found !== undefined && (found.mode & S.IFMT) !== S.IFREG) throw new RuntimeError("it is no regular file");
}
