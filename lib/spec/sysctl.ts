/** `linux.sysctl` of config-linux.md: names become files below /proc/sys. */
import type { Config } from "../config/schema.ts";

/**
 * The files to write. sysctl(8) takes `net.ipv4.ip_forward` and `net/ipv4/ip_forward`; whichever separator comes first is the
 * separator, and the other one then stands for itself the other way round: `net.ipv4.conf.eth0/1.forwarding` is eth0.1.
 */
export function sysctlSpec(config: Config): { file: string; value: string }[] {
  const sysctl = config.linux?.sysctl ?? {};
  return Object.keys(sysctl).map((name) => ({ file: sysctlFile(name), value: String(sysctl[name]) }));
}

/** The path below /proc/sys of a sysctl's name. */
export function sysctlFile(name: string): string {
  const dot = name.indexOf(".");
  const slash = name.indexOf("/");
  if (dot === -1 || (slash !== -1 && slash < dot)) return name;
  return name.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."));
}
