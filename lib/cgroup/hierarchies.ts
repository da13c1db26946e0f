/** The cgroup hierarchies as procfs lists them: /proc/PID/cgroup, cgroups(7), and /proc/PID/mountinfo, proc_pid_mountinfo(5). */

/** A hierarchy that the kernel has, and where a process is in it. */
export interface Membership {
  /** Its controllers as the kernel lists them, `cpu,cpuacct`; `systemd` for name=systemd, `unified` for cgroup v2. */
  readonly controllers: string;
  /** The cgroup of the process, from the root of its cgroup namespace. */
  readonly own: string;
}

/** The lines of /proc/PID/cgroup: `4:memory:/path`, `9:name=systemd:/`, `0::/path`. */
export function parseMemberships(text: string): Membership[] {
  const memberships: Membership[] = [];
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    const newline = text.indexOf("\n", start);
    end = newline < 0 ? text.length : newline;
    const first = text.indexOf(":", start);
    const second = text.indexOf(":", first + 1);
    const list = text.slice(first + 1, second);
    const controllers = list === "" ? "unified" : list.startsWith("name=") ? list.slice(5) : list;
    memberships.push({ controllers, own: text.slice(second + 1, end) });
  }
  return memberships;
}

/**
 * What the uppermost mount at `mountPoint` shows as its root, field 4 of mountinfo: "/" but in a container that has no cgroup
 * namespace. "/" when nothing is mounted there.
 */
export function rootOfMount(mountinfo: string, mountPoint: string): string {
  let root = "/";
  for (const line of mountinfo.split("\n")) {
    const fields = line.split(" ", 5);
    if (fields[4] === mountPoint) root = unescapeOctal(fields[3] as string);
  }
  return root;
}

/** mountinfo writes space, tab, newline and backslash as three octal digits. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
