/** What the tests of lib/config share: a config that says everything, and the words for what is wrong with one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../../lib/config/document.ts";
import type { Problem } from "../../lib/config/explain.ts";
import { parseConfig } from "../../lib/config/load.ts";
import type { OciConfig } from "../../lib/config/schema.ts";

/** What a parser has against a text; nothing when it takes it. */
export function problemsOf(parse: (text: string, file: string) => unknown, text: string): readonly Problem[] {
  try {
    parse(text, "config.json");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

/** The same in words, a line for each, without its place. */
export function faultsOf(parse: (text: string, file: string) => unknown, text: string): string[] {
  return problemsOf(parse, text).map(({ pointer, expected, found }) => `${pointer} must ${expected}: ${found}`);
}

/** What is wrong with a minimal config to which `change` is added. */
export function faults(change: Record<string, unknown>): string[] {
  return faultsOf(parseConfig, JSON.stringify({ ociVersion: "1.3.0", root: { path: "rootfs" }, ...change }));
}

/** config.json and process files that engines wrote, by name; none when the folder is not beside the checkout. */
export function engineConfigs(): { name: string; text: string }[] {
  for (let folder = import.meta.dirname; folder !== "/"; folder = dirname(folder)) {
    const configs = join(folder, "shared/engines/configs");
    if (!existsSync(configs)) continue;
    const names = readdirSync(configs).filter((name) => name.endsWith(".json"));
    return names.map((name) => ({ name, text: readFileSync(join(configs, name), "utf8") }));
  }
  return [];
}

const hook = { path: "/bin/hook", args: ["hook", "x"], env: ["A=b"], timeout: 5 };
const mapping = { containerID: 0, hostID: 100000, size: 65536 };
const throttle = [{ major: 8, minor: 0, rate: 600 }];

/** A valid config with every property of the spec. */
export const FULL = {
  ociVersion: "1.3.0",
  process: {
    terminal: true,
    consoleSize: { height: 25, width: 80 },
    user: { uid: 1, gid: 2, umask: 18, additionalGids: [3, 4] },
    args: ["sh", "-c", "true"],
    env: ["PATH=/bin", "TERM=xterm"],
    cwd: "/root",
    capabilities: {
      bounding: ["CAP_KILL"],
      effective: ["CAP_KILL"],
      inheritable: ["CAP_KILL"],
      permitted: ["CAP_KILL"],
      ambient: ["CAP_KILL"],
    },
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 4096 }],
    noNewPrivileges: true,
    apparmorProfile: "profile",
    selinuxLabel: "system_u:system_r:container_t:s0",
    oomScoreAdj: 100,
    scheduler: {
      policy: "SCHED_DEADLINE",
      nice: 0,
      priority: 0,
      flags: ["SCHED_FLAG_RESET_ON_FORK"],
      runtime: 2048,
      deadline: 4096,
      period: 8192,
    },
    ioPriority: { class: "IOPRIO_CLASS_IDLE", priority: 4 },
    execCPUAffinity: { initial: "7", final: "0-3,7" },
  },
  root: { path: "rootfs", readonly: true },
  hostname: "host",
  domainname: "example.test",
  mounts: [
    {
      destination: "/data",
      type: "none",
      source: "/volumes/data",
      options: ["rbind", "idmap"],
      uidMappings: [mapping],
      gidMappings: [mapping],
    },
  ],
  hooks: {
    prestart: [hook],
    createRuntime: [hook],
    createContainer: [hook],
    startContainer: [hook],
    poststart: [hook],
    poststop: [hook],
  },
  annotations: { "com.example.key": "value", "com.example.empty": "" },
  linux: {
    namespaces: [
      { type: "pid" },
      { type: "network", path: "/run/netns/a" },
      { type: "mount" },
      { type: "ipc" },
      { type: "uts" },
      { type: "user" },
      { type: "cgroup" },
      { type: "time" },
    ],
    uidMappings: [mapping],
    gidMappings: [mapping],
    timeOffsets: { monotonic: { secs: -5, nanosecs: 7 }, boottime: { secs: 604800, nanosecs: 0 } },
    devices: [{ type: "c", path: "/dev/fuse", major: 10, minor: 229, fileMode: 438, uid: 0, gid: 0 }],
    netDevices: { eth0: { name: "inside0" } },
    cgroupsPath: "/runt/c1",
    resources: {
      devices: [{ allow: true, type: "c", major: 10, minor: -1, access: "rwm" }],
      memory: {
        limit: 536870912,
        reservation: 268435456,
        swap: 536870912,
        kernel: -1,
        kernelTCP: -1,
        swappiness: 60,
        disableOOMKiller: false,
        useHierarchy: true,
        checkBeforeUpdate: true,
      },
      cpu: {
        shares: 1024,
        quota: 100000,
        burst: 50000,
        period: 50000,
        realtimeRuntime: 950000,
        realtimePeriod: 1000000,
        cpus: "2-3",
        mems: "0-7",
        idle: 1,
      },
      pids: { limit: 32771 },
      blockIO: {
        weight: 10,
        leafWeight: 10,
        weightDevice: [{ major: 8, minor: 0, weight: 500, leafWeight: 300 }],
        throttleReadBpsDevice: throttle,
        throttleWriteBpsDevice: throttle,
        throttleReadIOPSDevice: throttle,
        throttleWriteIOPSDevice: throttle,
      },
      hugepageLimits: [{ pageSize: "2MB", limit: 209715200 }],
      network: { classID: 1048577, priorities: [{ name: "eth0", priority: 500 }] },
      rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10000 } },
      unified: { "hugetlb.1GB.max": "1073741824" },
    },
    intelRdt: {
      closID: "group",
      l3CacheSchema: "L3:0=f",
      memBwSchema: "MB:0=20",
      schemata: ["L2:0=f"],
      enableMonitoring: true,
    },
    memoryPolicy: { mode: "MPOL_BIND", nodes: "0-3,7", flags: ["MPOL_F_STATIC_NODES"] },
    sysctl: { "net.ipv4.ip_forward": "1", "kernel.msgmax": "65536" },
    seccomp: {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      architectures: ["SCMP_ARCH_X86_64"],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      listenerPath: "/run/agent.sock",
      listenerMetadata: "opaque",
      syscalls: [
        {
          names: ["mknod"],
          action: "SCMP_ACT_TRACE",
          errnoRet: 1,
          args: [{ index: 1, value: 61440, valueTwo: 8192, op: "SCMP_CMP_MASKED_EQ" }],
        },
      ],
    },
    rootfsPropagation: "slave",
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    mountLabel: "system_u:object_r:container_file_t:s0",
    personality: { domain: "LINUX", flags: [] },
  },
  freebsd: {},
  solaris: {},
  vm: {},
  windows: {},
  zos: {},
} as const satisfies Frozen<OciConfig>;

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A copy of a document with the value at `pointer` changed; `undefined` removes it. */
export function changed(document: unknown, pointer: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(document) as Record<string, unknown>;
  const keys = pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop() ?? "";
  const parent = keys.reduce((node, key) => node[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** Every value in a document below its root, with its pointer. */
export function* valuesOf(value: unknown, pointer = ""): Generator<{ pointer: string; value: unknown }> {
  if (pointer !== "") yield { pointer, value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    yield* valuesOf(each, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  }
}
