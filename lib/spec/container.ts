/** The whole of a config.json, noun by noun, becomes a ContainerSpec. */
import type { Config } from "../config/schema.ts";
import { PER } from "../linux/personality.ts";
import { keepsGroups, refuseAnnotations } from "./annotations.ts";
import type { Halves } from "./capabilities.ts";
import type { CgroupRecord } from "./cgroup-record.ts";
import type { ContainerSpec, SeccompSpec } from "./container-spec.ts";
import { devicesSpec } from "./devices.ts";
import { hooksSpec } from "./hooks.ts";
import { type LsmHost, mountLabelSpec } from "./labels.ts";
import { memoryPolicySpec } from "./memory-policy.ts";
import type { FileSpec } from "./mount-spec.ts";
import { mountsSpec } from "./mounts.ts";
import { namespacesSpec } from "./namespaces.ts";
import { netDevicesSpec } from "./net-devices.ts";
import { notifiesItself, notifyMounts } from "./notify.ts";
import { processSpec } from "./process.ts";
import { rootSpec } from "./root.ts";
import { sysctlSpec } from "./sysctl.ts";
import { userNamespaceSpec } from "./user-namespace.ts";

/** What a configuration can't say by itself: the caller's options, and facts of the host, asked for when they matter. */
export interface Circumstances {
  readonly id: string;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  readonly noPivot: boolean;
  /** Where the root is mounted of a container in the runtime's own mount namespace; undefined: it has one. */
  readonly rootPlace: string | undefined;
  readonly newKeyring: boolean;
  readonly preserveFds: number;
  readonly listenFds: number;
  readonly listenNames: string | undefined;
  readonly seccomp: SeccompSpec | undefined;
  /** Where the socket for sd_notify(3) is to be; undefined when there is nobody to be notified. */
  readonly notifyDirectory: string | undefined;
  readonly lsm: LsmHost;
  readonly cgroups: CgroupRecord | undefined;
  /** Whether the runtime has a capability, capabilities(7). */
  readonly capable: (capability: number) => boolean;
  /** All that it has permitted. */
  readonly permitted: () => Halves;
  /** Whether it lacks the rights of the host's root. */
  readonly rootless: () => boolean;
  readonly isReadonly: (path: string) => boolean;
  readonly isDirectory: (path: string) => boolean;
  readonly readLink: (path: string) => string | undefined;
  readonly filesystemName: (path: string) => string;
  readonly filesystemType: (path: string) => number;
  readonly contents: (root: string, destination: string) => readonly FileSpec[];
  /** Where a path leads in the image at `root`, symlinks followed. */
  readonly place: (root: string, destination: string) => string;
  /** The home directory of a user id in the image at `root`. */
  readonly homeOf: (uid: number, root: string) => string;
  readonly warn: (message: string) => void;
}

/** PER_* of personality(2). */
export function personalitySpec({ linux }: Pick<Config, "linux">): number | undefined {
  return linux?.personality && PER[linux.personality.domain];
}

const NO_CGROUPS = { version: 1, paths: {} } as const;

/** Pure but for what it asks of `host`. @throws RuntimeError for what the configuration asks and runt can't give */
export function containerSpec(config: Config, host: Circumstances): ContainerSpec {
  const { linux } = config;
  refuseAnnotations(config.annotations);
  const notifyDirectory = notifiesItself(config) ? undefined : host.notifyDirectory;
  const mountLabel = mountLabelSpec(config, host.lsm);
  const root = rootSpec(config, host);
  const contents = (destination: string) => host.contents(root.path, destination);
  const place = (destination: string) => host.place(root.path, destination);
  const cgroups = () => host.cgroups ?? NO_CGROUPS;
  const homeOf = (uid: number) => host.homeOf(uid, root.path);
  const notifies = notifyDirectory !== undefined;
  const keepGroups = keepsGroups(config.annotations);
  const userNamespace = userNamespaceSpec(config, host);
  const grantable = userNamespace === undefined && config.process?.capabilities ? host.permitted() : undefined;
  return {
    id: host.id,
    bundle: host.bundle,
    namespaces: namespacesSpec(config, host.rootPlace !== undefined),
    userNamespace,
    root,
    mounts: [
      ...mountsSpec(config, { ...host, contents, place, cgroups, mountLabel }),
      ...notifyMounts(notifyDirectory),
    ],
    devices: devicesSpec(config),
    maskedPaths: linux?.maskedPaths ?? [],
    readonlyPaths: linux?.readonlyPaths ?? [],
    newKeyring: host.newKeyring,
    hostname: config.hostname || undefined,
    domainname: config.domainname || undefined,
    netDevices: netDevicesSpec(config),
    sysctl: sysctlSpec(config),
    hooks: hooksSpec(config),
    process: config.process && processSpec(config.process, { ...host, homeOf, keepGroups, grantable, notifies }),
    seccomp: host.seccomp,
    personality: personalitySpec(config),
    memoryPolicy: memoryPolicySpec(config),
    annotations: config.annotations ?? {},
    mountLabel,
    notifyDirectory,
  };
}
