/** Rules of config-linux.md, Sysctl: a parameter is set only where a namespace of the container keeps it from the host. */
import { escapeKey, type Report, type Rule } from "../rule.ts";
import { type Namespace, namespaceOf, type OciConfig } from "../schema.ts";

export const SYSCTL_RULES: readonly Rule<OciConfig>[] = [
  { reads: ["/linux/sysctl", "/linux/namespaces"], check: sysctl },
];

/**
 * The file of a parameter, relative to /proc/sys. As sysctl(8) has it, the first separator tells whether dots or slashes
 * part the names; the other of the two is then a dot in a name: net.ipv4.conf.eth0/1.forwarding is net/ipv4/conf/eth0.1/forwarding.
 * @returns undefined when a name is empty, `.` or `..`
 */
export function sysctlPath(parameter: string): string | undefined {
  const dotted = parameter[/[./]/.exec(parameter)?.index ?? 0] === ".";
  const path = dotted ? parameter.replace(/[./]/g, (separator) => (separator === "." ? "/" : ".")) : parameter;
  return path.split("/").some((name) => name === "" || name === "." || name === "..") ? undefined : path;
}

/** Single parameters that belong to a namespace: ipc_namespaces(7), uts_namespaces(7). */
const FILES: Readonly<Record<string, Namespace["type"]>> = {
  "kernel/auto_msgmni": "ipc",
  "kernel/domainname": "uts",
  "kernel/msg_next_id": "ipc",
  "kernel/msgmax": "ipc",
  "kernel/msgmnb": "ipc",
  "kernel/msgmni": "ipc",
  "kernel/sem": "ipc",
  "kernel/sem_next_id": "ipc",
  "kernel/shm_next_id": "ipc",
  "kernel/shm_rmid_forced": "ipc",
  "kernel/shmall": "ipc",
  "kernel/shmmax": "ipc",
  "kernel/shmmni": "ipc",
};

/** Whole folders of them. */
const FOLDERS: readonly (readonly [string, Namespace["type"]])[] = [
  ["fs/mqueue/", "ipc"],
  ["net/", "network"],
  ["user/", "user"],
];

/** The type of the namespaces that isolate the parameter of that file, undefined if none does. */
export function namespaceOfSysctl(file: string): Namespace["type"] | undefined {
  return Object.hasOwn(FILES, file) ? FILES[file] : FOLDERS.find(([folder]) => file.startsWith(folder))?.[1];
}

function sysctl(config: OciConfig, report: Report): void {
  for (const parameter of Object.keys(config.linux?.sysctl ?? {})) {
    const pointer = `/linux/sysctl/${escapeKey(parameter)}`;
    const path = sysctlPath(parameter);
    if (path === undefined) {
      report(pointer, "be named like net.ipv4.ip_forward", `its name is ${JSON.stringify(parameter)}`);
    } else if (path === "kernel/hostname") {
      report(pointer, "be set by the property hostname", "it is set here");
    } else {
      const type = namespaceOfSysctl(path);
      if (type === undefined) {
        report(pointer, "be a parameter that a namespace isolates", "the host would change too");
      } else if (namespaceOf(config, type) === undefined) {
        report(pointer, `come with a ${type} namespace`, `/linux/namespaces has none of type ${type}`);
      }
    }
  }
}
