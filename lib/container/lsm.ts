/** Which security modules the host's kernel enforces. */
import { MAGIC } from "../linux/magic.ts";
import type { LsmHost } from "../spec/labels.ts";
import { readFileIfExists } from "../sys/file.ts";
import { filesystemType, isDirectory } from "./host-files.ts";

/** Linux has the module, and it was not switched off when the machine started. Throws SyscallError. */
function hasAppArmor(): boolean {
  return readFileIfExists("/sys/module/apparmor/parameters/enabled")?.startsWith("Y") ?? false;
}

/** Its file system is where everyone looks for it. Throws SyscallError. */
function hasSelinux(): boolean {
  const path = "/sys/fs/selinux";
  return isDirectory(path) && filesystemType(path) === MAGIC.SELINUX_MAGIC;
}

/** This host. */
export const LSM: LsmHost = { apparmor: hasAppArmor, selinux: hasSelinux };
