/** Settings of a namespace that a container joins, and that is the runtime's own: they would be the host's. */
import { RuntimeError } from "../base/errors.ts";
import { namespaceOfSysctl, sysctlPath } from "../config/rules/sysctl.ts";
import type { Config } from "../config/schema.ts";
import { stat } from "../sys/file.ts";

/** What each type of namespace is called in /proc/PID/ns. */
const FILES: Readonly<Record<string, string>> = { network: "net", ipc: "ipc", uts: "uts", user: "user" };

/** @throws RuntimeError for a sysctl, hostname or domainname that would be set in the runtime's own namespace */
export function refuseHostSettings({ linux, hostname, domainname }: Config): void {
  const own = (type: string | undefined): string | undefined => {
    const path = linux?.namespaces?.find((each) => each.type === type)?.path;
    if (!path || type === undefined) return undefined;
    return stat(path)?.ino === stat(`/proc/self/ns/${FILES[type]}`)?.ino ? path : undefined;
  };
  const refuse = (what: string, type: string | undefined): void => {
    const path = own(type);
    if (path === undefined) return;
    throw new RuntimeError(
      `${what} must not be set: the ${type} namespace that is joined, ${path}, is the runtime's own`,
    );
  };
  for (const name of Object.keys(linux?.sysctl ?? {}))
    refuse(`sysctl ${name}`, namespaceOfSysctl(sysctlPath(name) ?? ""));
  if (hostname) refuse("hostname", "uts");
  if (domainname) refuse("domainname", "uts");
}
