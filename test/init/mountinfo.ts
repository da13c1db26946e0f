/** proc_pid_mountinfo(5), as far as the tests ask it. */

export interface MountLine {
  /** How many mounts lie on the path; the rest is of the uppermost. */
  readonly count: number;
  /** Of the mount: `rw,nosuid,relatime`. */
  readonly options: readonly string[];
  /** `shared:5`, `master:3`, both, `unbindable`; empty for a private one. */
  readonly propagation: string;
  readonly type: string | undefined;
  readonly source: string | undefined;
  /** Of the file system. */
  readonly superOptions: readonly string[];
  /** What of the file system is mounted. */
  readonly root: string | undefined;
}

/** What the text of mountinfo says of the mount on `path`. */
export function mountOn(mountinfo: string, path: string): MountLine {
  const lines = mountinfo.split("\n").filter((line) => line.split(" ")[4] === path);
  const fields = (lines.at(-1) ?? "").split(" ");
  const dash = fields.indexOf("-");
  return {
    count: lines.length,
    options: (fields[5] ?? "").split(","),
    propagation: fields.slice(6, dash).join(" "),
    type: fields[dash + 1],
    source: fields[dash + 2],
    superOptions: (fields[dash + 3] ?? "").split(","),
    root: fields[3],
  };
}
