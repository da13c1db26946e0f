/** What a cgroup file said before it was written to, as it is written: kernel admin-guide/cgroup-v1 and cgroup-v2.rst. */

/**
 * What is to be written to a file that says `text` to undo the writing of `value`; undefined if its text does not tell.
 * Files of several lines have one for each device or interface, which its first word names.
 */
export function formerValue(file: string, text: string, value: string): string | undefined {
  const lines = text.trim().split("\n");
  const [key = ""] = value.split(" ", 1);
  const isPerDevice = /^\d+:\d+$/.test(key);
  const own = lines.find((line) => line.startsWith(`${isPerDevice || key !== value ? key : "default"} `));
  if (own !== undefined) return own;
  if (isPerDevice) return `${key} ${unlimited(file)}`;
  if (file === "memory.oom_control") return /^oom_kill_disable (\d)/.exec(text)?.[1];
  // The kernel takes an empty line for nothing; a write of no bytes does not reach it.
  return lines.length === 1 ? lines[0] || "\n" : undefined;
}

/** What a device has that a file does not list. */
function unlimited(file: string): string {
  if (file === "io.max") return "rbps=max wbps=max riops=max wiops=max";
  return file.startsWith("blkio.throttle.") ? "0" : "default";
}
