/** The features document: what this version of runt can do, whatever the host can (features.md, features-linux.md). */
import type { Seccomp } from "../config/schema.ts";
import { CAPABILITIES } from "../linux/capabilities.ts";
import { MPOL, MPOL_F } from "../linux/mempolicy.ts";
import { ACTIONS, FLAGS, OPERATORS } from "../seccomp/profile.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import { MOUNT_OPTIONS } from "../spec/mount-options.ts";
import { NAMESPACES } from "../spec/namespaces.ts";

/** What the build, libseccomp and, for flags of seccomp(2), the kernel know. */
export interface Facts {
  readonly version: string;
  readonly commit: string;
  /** Its version. */
  readonly libseccomp: string;
  /** Whether libseccomp has an architecture of that name, as seccomp_arch_resolve_name(3) spells it. */
  readonly knowsArch: (name: string) => boolean;
  /** Whether the kernel takes SECCOMP_FILTER_FLAG_*. */
  readonly takesFlag: (flag: number) => boolean;
}

/** The document, as features.md names its properties. */
export function featuresDocument({ version, commit, libseccomp, knowsArch, takesFlag }: Facts): object {
  return {
    ociVersionMin: "1.0.0",
    ociVersionMax: "1.3.0",
    hooks: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
    mountOptions: Object.keys(MOUNT_OPTIONS).sort(),
    linux: {
      namespaces: Object.keys(NAMESPACES).sort(),
      capabilities: Object.keys(CAPABILITIES),
      cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
      seccomp: {
        enabled: true,
        actions: Object.keys(ACTIONS),
        operators: Object.keys(OPERATORS),
        archs: ARCHS.filter((name) => knowsArch(name.slice("SCMP_ARCH_".length).toLowerCase())),
        knownFlags: SECCOMP_FLAGS,
        supportedFlags: SECCOMP_FLAGS.filter((name) => takesFlag(FLAGS[name])),
      },
      apparmor: { enabled: true },
      selinux: { enabled: true },
      memoryPolicy: {
        modes: Object.keys(MPOL).map((name) => `MPOL_${name}`),
        flags: Object.keys(MPOL_F).map((name) => `MPOL_F_${name}`),
      },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: {
      "io.github.seccomp.libseccomp.version": libseccomp,
      "runt.commit": commit,
      "runt.version": version,
    },
    potentiallyUnsafeConfigAnnotations: Object.values(ANNOTATIONS).sort(),
  };
}

const SECCOMP_FLAGS = [
  "SECCOMP_FILTER_FLAG_TSYNC",
  "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
  "SECCOMP_FILTER_FLAG_LOG",
  "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
] as const satisfies readonly (keyof typeof FLAGS)[];

/** Those that config.json may name. */
const ARCHS: readonly NonNullable<Seccomp["architectures"]>[number][] = [
  "SCMP_ARCH_AARCH64",
  "SCMP_ARCH_ARM",
  "SCMP_ARCH_LOONGARCH64",
  "SCMP_ARCH_M68K",
  "SCMP_ARCH_MIPS",
  "SCMP_ARCH_MIPS64",
  "SCMP_ARCH_MIPS64N32",
  "SCMP_ARCH_MIPSEL",
  "SCMP_ARCH_MIPSEL64",
  "SCMP_ARCH_MIPSEL64N32",
  "SCMP_ARCH_PARISC",
  "SCMP_ARCH_PARISC64",
  "SCMP_ARCH_PPC",
  "SCMP_ARCH_PPC64",
  "SCMP_ARCH_PPC64LE",
  "SCMP_ARCH_RISCV64",
  "SCMP_ARCH_S390",
  "SCMP_ARCH_S390X",
  "SCMP_ARCH_SH",
  "SCMP_ARCH_SHEB",
  "SCMP_ARCH_X32",
  "SCMP_ARCH_X86",
  "SCMP_ARCH_X86_64",
];
