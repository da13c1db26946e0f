/** `linux.sysctl` of config-linux.md: names become files below /proc/sys. */
import { sysctlPath } from "../config/rules/sysctl.ts";
import type { OciConfig } from "../config/schema.ts";

/** The files to write: the rules of config/ have seen to it that there is one for each name. */
export function sysctlSpec({ linux }: Pick<OciConfig, "linux">): { file: string; value: string }[] {
  const sysctl = linux?.sysctl ?? {};
  return Object.keys(sysctl).map((name) => ({ file: sysctlPath(name) as string, value: String(sysctl[name]) }));
}
