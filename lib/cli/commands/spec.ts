/** `runt spec`. */
import { during, RuntimeError } from "../../base/errors.ts";
import { defaultConfig } from "../../config/default.ts";
import { syscall } from "../../sys/ffi.ts";
import { stat } from "../../sys/file.ts";
import { createFile } from "../../sys/new-file.ts";
import type { Arguments } from "../arguments.ts";

export function run({ bundle, file, rootless }: Arguments<"spec">): number {
  const config = defaultConfig({
    cgroup2: stat("/sys/fs/cgroup/cgroup.controllers") !== undefined,
    ...(rootless && { rootless: { uid: syscall("geteuid"), gid: syscall("getegid") } }),
  });
  const path = file.startsWith("/") ? file : `${bundle}/${file}`;
  const text = `${JSON.stringify(config, null, "\t")}\n`;
  const made = during(`write ${JSON.stringify(path)}`, () => createFile(path, text));
  if (!made) throw new RuntimeError(`File ${file} exists. Remove it first`);
  return 0;
}
