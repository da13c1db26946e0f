import { test } from "tap";
import { sysctlPath } from "../../../lib/config/rules/sysctl.ts";
import { rules } from "./table.ts";

test("sysctlPath() reads both ways of writing", (t) => {
  const paths: Readonly<Record<string, string | undefined>> = {
    "net.ipv4.ip_forward": "net/ipv4/ip_forward",
    "net/ipv4/ip_forward": "net/ipv4/ip_forward",
    "net.ipv4.conf.eth0/1.forwarding": "net/ipv4/conf/eth0.1/forwarding",
    "net/ipv4/conf/eth0.1/forwarding": "net/ipv4/conf/eth0.1/forwarding",
    single: "single",
    "": undefined,
    "net..x": undefined,
    "net/../kernel/x": undefined,
    "net.//.kernel": undefined,
    "net././x": undefined,
    ".net": undefined,
    "net/": undefined,
  };
  for (const [name, path] of Object.entries(paths)) t.equal(sysctlPath(name), path, name);
  t.end();
});

const sysctl = (types: readonly string[], ...names: readonly string[]): { linux: object } => ({
  linux: {
    namespaces: types.map((type) => ({ type })),
    ...(types.includes("user") ? { uidMappings: [MAPPING], gidMappings: [MAPPING] } : {}),
    sysctl: Object.fromEntries(names.map((name) => [name, "1"])),
  },
});
const MAPPING = { containerID: 0, hostID: 0, size: 1 };
const missing = (name: string, type: string): string =>
  `/linux/sysctl/${name} must come with a ${type} namespace: /linux/namespaces has none of type ${type}`;

rules({
  "parameters of the ipc namespace": {
    config: sysctl(
      ["ipc"],
      ...["auto_msgmni", "msg_next_id", "msgmax", "msgmnb", "msgmni", "sem", "sem_next_id"].map(
        (name) => `kernel.${name}`,
      ),
      ...["shm_next_id", "shm_rmid_forced", "shmall", "shmmax", "shmmni"].map((name) => `kernel.${name}`),
      "fs.mqueue.msg_max",
      "kernel/sem",
    ),
  },
  "parameters of the ipc namespace without it": {
    config: sysctl(["network"], "kernel.msgmax", "fs.mqueue.msg_max"),
    faults: [missing("kernel.msgmax", "ipc"), missing("fs.mqueue.msg_max", "ipc")],
  },
  "parameters of the network namespace": { config: sysctl(["network"], "net.core.somaxconn", "net/ipv4/ip_forward") },
  "parameters of the network namespace without it": {
    config: sysctl([], "net.core.somaxconn", "net/ipv4/x"),
    faults: [missing("net.core.somaxconn", "network"), missing("net~1ipv4~1x", "network")],
  },
  "parameters of the user namespace": { config: sysctl(["user"], "user.max_net_namespaces") },
  "parameters of the user namespace without it": {
    config: sysctl([], "user.max_net_namespaces"),
    faults: [missing("user.max_net_namespaces", "user")],
  },
  "the domain name of the uts namespace": { config: sysctl(["uts"], "kernel.domainname") },
  "the domain name without a uts namespace": {
    config: sysctl([], "kernel.domainname"),
    faults: [missing("kernel.domainname", "uts")],
  },
  "the host name has a property": {
    config: sysctl(["uts"], "kernel.hostname"),
    faults: ["/linux/sysctl/kernel.hostname must be set by the property hostname: it is set here"],
  },
  "parameters of the host": {
    config: sysctl(["pid", "ipc"], "vm.swappiness", "kernel.pid_max", "fs.file-max", "constructor", "kernel.msgmaxx"),
    faults: ["vm.swappiness", "kernel.pid_max", "fs.file-max", "constructor", "kernel.msgmaxx"].map(
      (name) => `/linux/sysctl/${name} must be a parameter that a namespace isolates: the host would change too`,
    ),
  },
  "names that lead elsewhere": {
    config: sysctl(["network"], "net/../kernel/core_pattern"),
    faults: [
      '/linux/sysctl/net~1..~1kernel~1core_pattern must be named like net.ipv4.ip_forward: its name is "net/../kernel/core_pattern"',
    ],
  },
});
