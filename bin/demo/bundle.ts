/** A bundle without an image: its root is an empty directory on which the machine's own programs are mounted, read-only. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** What programs need of a root file system; on most machines all but two are links into /usr. */
const BORROWED = ["usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];
const OWN = ["dev", "proc", "sys", "tmp"];

const NOBODY = 65534;
const PROCESSES = 32;
const MEMORY = 64 << 20;

const NO_PROGRAMS = ["nosuid", "noexec", "nodev"];

const MOUNTS = [
  { destination: "/proc", type: "proc", source: "proc", options: NO_PROGRAMS },
  { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "noexec", "mode=755", "size=64k"] },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  { destination: "/dev/shm", type: "tmpfs", source: "tmpfs", options: [...NO_PROGRAMS, "mode=1777", "size=1m"] },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: NO_PROGRAMS },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: [...NO_PROGRAMS, "ro"] },
  { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: [...NO_PROGRAMS, "ro"] },
  { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777", "size=1m"] },
];

/**
 * Writes config.json and the empty root into `directory`.
 * @param name of the cgroup
 * @param args the program; null for a shell on the caller's terminal
 */
export function writeBundle(directory: string, name: string, args: readonly string[] | null): void {
  const root = join(directory, "rootfs");
  for (const folder of OWN) mkdirSync(join(root, folder), { recursive: true });
  const config = {
    ociVersion: "1.0.2",
    process: {
      terminal: args === null,
      user: { uid: NOBODY, gid: NOBODY },
      args: args ?? ["sh"],
      env: [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PS1=$PWD $ ",
        "TERM=xterm",
        "HOME=/tmp",
      ],
      cwd: "/tmp",
      capabilities: {},
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "box",
    mounts: [...MOUNTS, ...BORROWED.flatMap((folder) => borrow(root, folder))],
    linux: {
      cgroupsPath: `/${name}`,
      resources: resources(),
      namespaces: ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type })),
      maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
  writeFileSync(join(directory, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
}

/** Has `/folder` in the root as the machine has it: a link is made again, a directory mounted. @returns the mounts */
function borrow(root: string, folder: string): unknown[] {
  const [theirs, ours] = [`/${folder}`, join(root, folder)];
  if (!existsSync(theirs)) return [];
  if (lstatSync(theirs).isSymbolicLink()) {
    rmSync(ours, { force: true });
    symlinkSync(readlinkSync(theirs), ours);
    return [];
  }
  mkdirSync(ours, { recursive: true });
  return [{ destination: theirs, type: "none", source: theirs, options: ["bind", "ro", "nosuid", "nodev"] }];
}

/** Limits, where the machine's cgroups can set them: in a container, v2 may have nothing enabled at what is the root there. */
function resources() {
  const enabled = "/sys/fs/cgroup/cgroup.subtree_control";
  const v2 = existsSync(enabled) ? readFileSync(enabled, "utf8").trim().split(" ") : [];
  const has = (controller: string) => v2.includes(controller) || existsSync(`/sys/fs/cgroup/${controller}`);
  return {
    ...(has("pids") ? { pids: { limit: PROCESSES } } : {}),
    ...(has("memory") ? { memory: { limit: MEMORY } } : {}),
  };
}
