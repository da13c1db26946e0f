/** Properties that are REQUIRED, each left out: a runtime must say so, and make no container. */
import type { Config } from "../test/support/bundle.ts";
import { must } from "./support/requirement.ts";

interface Row {
  readonly section: string;
  readonly quote: string;
  readonly change: Config;
  readonly since?: string;
}

const DEVICE = "For more information, see the mknod(1) man page.";
const SECCOMP = "config-linux.md § Seccomp";
const MAPPINGS = "config-linux.md § User namespace mappings";
const RLIMITS = "config.md § POSIX process";
const IO = "config-linux.md § Block IO";
const HOOKS = "config.md § POSIX-platform Hooks";

const resources = (change: Config): Config => ({ linux: { resources: change } });
const mapping = (change: Config): Config => {
  const ids = [{ containerID: 0, hostID: 200_000, size: 65_536, ...change }];
  return { linux: { namespaces: [{ type: "mount" }, { type: "user" }], uidMappings: ids, gidMappings: ids } };
};
const seccomp = (change: Config): Config => {
  const rule = { names: ["getpriority"], action: "SCMP_ACT_ERRNO", ...change };
  return { linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls: [rule] } } };
};
const argument = (change: Config): Config => seccomp({ args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ", ...change }] });
const rate = (change: Config): Config =>
  resources({ blockIO: { throttleReadBpsDevice: [{ major: 254, minor: 0, rate: 1_048_576, ...change }] } });

const ROWS: Readonly<Record<string, Row>> = {
  "user-uid-missing": {
    section: "config.md § POSIX-platform User",
    quote: "uid (int, REQUIRED) specifies the user ID in the container namespace.",
    change: { process: { user: { uid: undefined } } },
  },
  "user-gid-missing": {
    section: "config.md § POSIX-platform User",
    quote: "gid (int, REQUIRED) specifies the group ID in the container namespace.",
    change: { process: { user: { gid: undefined } } },
  },
  "args-missing": {
    section: "config.md § Process",
    quote: "at least one entry is REQUIRED (non-Windows)",
    change: { process: { args: undefined } },
  },
  "console-height-missing": {
    section: "config.md § Process",
    quote: "height (uint, REQUIRED)",
    change: { process: { terminal: true, consoleSize: { width: 80 } } },
  },
  "rlimit-type-missing": {
    section: RLIMITS,
    quote: "type (string, REQUIRED) the platform resource being limited.",
    change: { process: { rlimits: [{ soft: 64, hard: 64 }] } },
  },
  "rlimit-soft-missing": {
    section: RLIMITS,
    quote: "soft (uint64, REQUIRED) the value of the limit enforced for the corresponding resource.",
    change: { process: { rlimits: [{ type: "RLIMIT_NOFILE", hard: 64 }] } },
  },
  "rlimit-hard-missing": {
    section: RLIMITS,
    quote: "hard (uint64, REQUIRED) the ceiling for the soft limit that could be set by an unprivileged process.",
    change: { process: { rlimits: [{ type: "RLIMIT_NOFILE", soft: 0 }] } },
  },
  "hook-path-missing": {
    section: HOOKS,
    quote: "path (string, REQUIRED) with similar semantics to IEEE Std 1003.1-2008 execv's path.",
    change: { hooks: { createRuntime: [{ args: ["true"] }] } },
  },
  "namespace-type-missing": {
    section: "config-linux.md § Namespaces",
    quote: "type (string, REQUIRED) - namespace type.",
    change: { linux: { namespaces: [{ type: "mount" }, {}] } },
  },
  "mapping-containerID-missing": {
    section: MAPPINGS,
    quote: "containerID (uint32, REQUIRED) - is the starting uid/gid in the container.",
    change: mapping({ containerID: undefined }),
  },
  "mapping-hostID-missing": {
    section: MAPPINGS,
    quote: "hostID (uint32, REQUIRED) - is the starting uid/gid on the host to be mapped to containerID.",
    change: mapping({ hostID: undefined }),
  },
  "allowed-allow-missing": {
    section: "config-linux.md § Allowed Device list",
    quote: "allow (boolean, REQUIRED) - whether the entry is allowed or denied.",
    change: resources({ devices: [{ access: "rwm" }] }),
  },
  "weight-device-weights-missing": {
    section: IO,
    quote: "You MUST specify at least one of weight or leafWeight in a given entry, and MAY specify both.",
    change: resources({ blockIO: { weightDevice: [{ major: 254, minor: 0 }] } }),
  },
  "throttle-major-missing": {
    section: IO,
    quote: `major, minor (int64, REQUIRED) - major, minor numbers for device. ${DEVICE}`,
    change: rate({ major: undefined }),
  },
  "throttle-rate-missing": {
    section: IO,
    quote: "rate (uint64, REQUIRED) - bandwidth rate limit in bytes per second for the device",
    change: rate({ rate: undefined }),
  },
  "hugepage-size-missing": {
    section: "config-linux.md § Huge page limits",
    quote: "pageSize (string, REQUIRED) - hugepage size.",
    change: resources({ hugepageLimits: [{ limit: 0 }] }),
  },
  "hugepage-limit-missing": {
    section: "config-linux.md § Huge page limits",
    quote: "limit (uint64, REQUIRED) - limit in bytes of hugepagesize HugeTLB reservations (if supported) or usage.",
    change: resources({ hugepageLimits: [{ pageSize: "2MB" }] }),
  },
  "priority-name-missing": {
    section: "config-linux.md § Network",
    quote: "name (string, REQUIRED) - interface name in runtime network namespace",
    change: resources({ network: { priorities: [{ priority: 5 }] } }),
  },
  "priority-missing": {
    section: "config-linux.md § Network",
    quote: "priority (uint32, REQUIRED) - priority applied to the interface",
    change: resources({ network: { priorities: [{ name: "lo" }] } }),
  },
  "rdma-limits-missing": {
    section: "config-linux.md § RDMA",
    quote: "You MUST specify at least one of the hcaHandles or hcaObjects in a given entry, and MAY specify both.",
    change: resources({ rdma: { mlx5_1: {} } }),
    since: "1.0.2",
  },
  "seccomp-names-missing": {
    section: SECCOMP,
    quote: "names (array of strings, REQUIRED) - the names of the syscalls.",
    change: seccomp({ names: undefined }),
  },
  "seccomp-action-missing": {
    section: SECCOMP,
    quote: "action (string, REQUIRED) - the action for seccomp rules.",
    change: seccomp({ action: undefined }),
  },
  "seccomp-index-missing": {
    section: SECCOMP,
    quote: "index (uint, REQUIRED) - the index for syscall arguments in seccomp.",
    change: argument({ index: undefined }),
  },
  "seccomp-value-missing": {
    section: SECCOMP,
    quote: "value (uint64, REQUIRED) - the value for syscall arguments in seccomp.",
    change: argument({ value: undefined }),
  },
  "seccomp-op-missing": {
    section: SECCOMP,
    quote: "op (string, REQUIRED) - the operator for syscall arguments in seccomp.",
    change: argument({ op: undefined }),
  },
  "personality-domain-missing": {
    section: "config-linux.md § Personality",
    quote: "domain (string, REQUIRED) - the execution domain.",
    change: { linux: { personality: {} } },
    since: "1.0.2",
  },
  "io-priority-priority-missing": {
    section: "config.md § Linux Process",
    quote: "priority (int, REQUIRED) specifies the priority level within the class.",
    change: { ociVersion: "1.1.0", process: { ioPriority: { class: "IOPRIO_CLASS_BE" } } },
    since: "1.1",
  },
};

for (const [id, { section, quote, change, since }] of Object.entries(ROWS)) {
  must(
    `required-${id}`,
    section,
    quote,
    async (c) => {
      await c.refused(change);
    },
    since === undefined ? {} : { since },
  );
}
