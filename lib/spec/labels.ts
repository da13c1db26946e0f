/** The labels of Linux security modules, config.md § Linux Process and config-linux.md § Mount Label. */
import { RuntimeError } from "../base/errors.ts";
import type { Config, Process } from "../config/schema.ts";
import { ANNOTATIONS } from "./annotations.ts";

/** Which security modules the host's kernel enforces; asked for when a label makes it matter. */
export interface LsmHost {
  readonly apparmor: () => boolean;
  readonly selinux: () => boolean;
}

/** What the process is to become with execve(2); undefined: what the kernel makes of it. */
export interface LabelsSpec {
  readonly apparmorProfile: string | undefined;
  readonly selinuxLabel: string | undefined;
}

/** @throws RuntimeError for a label that nothing on this host would heed */
export function labelsSpec(process: Pick<Process, "apparmorProfile" | "selinuxLabel">, host: LsmHost): LabelsSpec {
  const apparmorProfile = process.apparmorProfile || undefined;
  const selinuxLabel = process.selinuxLabel || undefined;
  if (apparmorProfile !== undefined) need("process.apparmorProfile", apparmorProfile, "AppArmor", host.apparmor);
  if (selinuxLabel !== undefined) need("process.selinuxLabel", selinuxLabel, "SELinux", host.selinux);
  return { apparmorProfile, selinuxLabel };
}

function need(property: string, label: string, module: string, isEnabled: () => boolean): void {
  if (isEnabled()) return;
  throw new RuntimeError(`${property} is ${JSON.stringify(label)}, but ${module} is not enabled on this host`);
}

/** Options of mount(8) that label a file system. */
export const CONTEXTS: readonly string[] = ["context", "fscontext", "defcontext", "rootcontext"];

/** File systems that SELinux labels by its policy alone, and the kernel's own queues, of which there is one instance. */
const UNLABELLED: readonly string[] = ["proc", "sysfs", "mqueue", "cgroup", "cgroup2"];

/** How the container's file systems are labelled: the option of mount(8), and the label. */
export interface MountLabel {
  readonly option: string;
  readonly label: string;
}

/** @throws RuntimeError for a label that nothing on this host would heed, or an unknown kind of one */
export function mountLabelSpec(
  { linux, annotations }: Pick<Config, "linux" | "annotations">,
  host: LsmHost,
): MountLabel | undefined {
  const option = annotations?.[ANNOTATIONS.mountContextType] || "context";
  if (!CONTEXTS.includes(option)) {
    throw new RuntimeError(
      `annotation ${ANNOTATIONS.mountContextType} must be ${CONTEXTS.join(", ")}: it is ${JSON.stringify(option)}`,
    );
  }
  const label = linux?.mountLabel || undefined;
  if (label === undefined) return undefined;
  need("linux.mountLabel", label, "SELinux", host.selinux);
  if (label.includes('"'))
    throw new RuntimeError(`linux.mountLabel is ${JSON.stringify(label)}: a label has no quotes`);
  return { option, label };
}

/** The options of a file system of `type` with the label among them, unless they have one; quoted, since labels have commas. */
export function withLabel(data: readonly string[], type: string, label: MountLabel | undefined): readonly string[] {
  if (label === undefined || UNLABELLED.includes(type)) return data;
  const hasOne = data.some((option) => CONTEXTS.some((context) => option.startsWith(`${context}=`)));
  return hasOne ? data : [...data, `${label.option}="${label.label}"`];
}

/** The options of a file system one by one: a comma in quotes parts none. */
export function splitOptions(text: string): string[] {
  return text.match(/(?:[^,"]|"[^"]*"|")+/g) ?? [];
}

/** A value as fsconfig(2) takes it, which needs no quotes. */
export function unquoted(key: string, value: string): string {
  return CONTEXTS.includes(key) ? value.replace(/^"(.*)"$/, "$1") : value;
}
