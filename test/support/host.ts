/** What the kernel says to the host: mounts, cgroups, processes. */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** One line of /proc/PID/mountinfo, proc(5). */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  readonly root: string;
  readonly target: string;
  /** Of the mount: `ro`, `nosuid`. */
  readonly options: readonly string[];
  /** `shared:1`, `master:2`, `unbindable`. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Of the super block. */
  readonly superOptions: readonly string[];
}

/** Parses the text of /proc/PID/mountinfo. */
export function parseMounts(text: string): Mount[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const fields = line
        .split(" ")
        .map((field) => field.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))));
      const end = fields.indexOf("-", 6);
      const field = (index: number) => fields[index] ?? "";
      return {
        id: Number(field(0)),
        parent: Number(field(1)),
        root: field(3),
        target: field(4),
        options: field(5).split(","),
        propagation: fields.slice(6, end),
        type: field(end + 1),
        source: field(end + 2),
        superOptions: field(end + 3).split(","),
      };
    });
}

/** The mounts as process `pid` sees them, ours by default; none when it is gone. */
export function mounts(pid: number | "self" = "self"): Mount[] {
  return parseMounts(read(`/proc/${pid}/mountinfo`));
}

/** The topmost mount on `target`. */
export function mountOn(target: string, among: readonly Mount[]): Mount | undefined {
  return among.findLast((mount) => mount.target === target);
}

/** A cgroup hierarchy: its mount point, and its controllers; none for version 2. */
export interface Hierarchy {
  readonly path: string;
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
}

/** Every cgroup hierarchy that is mounted below /sys/fs/cgroup, or there. */
export function hierarchies(): Hierarchy[] {
  return mounts()
    .filter(({ type, target }) => type.startsWith("cgroup") && target.startsWith("/sys/fs/cgroup"))
    .map(({ type, target, superOptions }) => ({
      path: target,
      version: type === "cgroup2" ? 2 : 1,
      controllers: type === "cgroup2" ? [] : superOptions.filter((option) => !["rw", "ro", "xattr"].includes(option)),
    }));
}

/** Bytes of the longest path that the kernel takes. */
const PATH_MAX = 4096;

/** The cgroups of all hierarchies whose path holds `name`: deepest first. */
export function cgroupsNamed(name: string): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    // The test of cgroups nested deeper than a path can tell takes them away itself.
    if (path.length > PATH_MAX - 256) return;
    // Links to a directory: its own two, and one of each directory in it. Files of a cgroup are many.
    if ((statSync(path, { throwIfNoEntry: false })?.nlink ?? 2) === 2) return;
    for (const entry of entries(path)) {
      if (!entry.isDirectory()) continue;
      visit(join(path, entry.name));
      if (join(path, entry.name).includes(name)) found.push(join(path, entry.name));
    }
  };
  for (const { path } of hierarchies()) visit(path);
  return found;
}

/** The processes in the cgroup at `path`. */
export function processesIn(path: string): number[] {
  return read(join(path, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
}

/** The processes that have to do with `name`: their root, working directory, program, arguments or cgroup holds it. */
export function processesNamed(name: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && isUserProcess(pid) && concerns(pid, name));
}

/** PF_KTHREAD of the kernel's <linux/sched.h>. */
const KERNEL_THREAD = 0x200000;

/** Whether the process is neither a zombie nor one of the kernel's threads, of which there are many: proc_pid_stat(5). */
function isUserProcess(pid: number): boolean {
  const text = read(`/proc/${pid}/stat`);
  const [state = "X", , , , , , flags] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return !/[ZX]/.test(state) && (Number(flags) & KERNEL_THREAD) === 0;
}

function concerns(pid: number, name: string): boolean {
  return (
    ["cmdline", "cgroup"].some((file) => read(`/proc/${pid}/${file}`).includes(name)) ||
    ["root", "cwd", "exe"].some((link) => readLink(`/proc/${pid}/${link}`).includes(name))
  );
}

/** A field of /proc/PID/status: `CapEff`, `Umask`. */
export function status(text: string, field: string): string {
  return new RegExp(`^${field}:[ \\t]*(.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
}

/** Whether the process exists and is no zombie. */
export function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(read(`/proc/${pid}/status`));
}

/** A file's text; "" when it cannot be read: what is asked about may just have ended. */
export function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Where a link leads; "" as for `read`. */
export function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function entries(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** How many times longer than on a machine of its own the tests wait: under emulation all is slow. */
export const PATIENCE = Number(process.env.RUNT_TEST_PATIENCE ?? 1);

/** Waits until `condition` holds. @throws after `seconds` */
export async function until(what: string, condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1000 * PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await pause(5);
  }
}

/** What `present` finds when it has had a second to go: what was killed just now takes a while. */
export async function staying(present: () => string[]): Promise<string[]> {
  let found = present();
  for (let attempt = 0; attempt < 100 && found.length > 0; attempt++) {
    await pause(10);
    found = present();
  }
  return found;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
