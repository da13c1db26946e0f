/** The rules of config.json, all together. */
import { type Group, group, itIs, type Report, type Rule } from "../rule.ts";
import type { OciConfig } from "../schema.ts";
import { LINUX_RULES } from "./linux.ts";
import { MAPPING_RULES } from "./mappings.ts";
import { NAMESPACE_RULES } from "./namespaces.ts";
import { PROCESS_RULES } from "./process.ts";
import { RESOURCES_RULES } from "./resources.ts";
import { SECCOMP_RULES } from "./seccomp.ts";
import { SYSCTL_RULES } from "./sysctl.ts";

const CONFIG_RULES: readonly Rule<OciConfig>[] = [
  { reads: ["/ociVersion"], check: ociVersion },
  { reads: ["/annotations"], check: annotations },
];

const whole = (config: OciConfig): OciConfig => config;

export const CONFIG_GROUPS: readonly Group<OciConfig>[] = [
  group("", whole, CONFIG_RULES),
  group("/process", ({ process }: OciConfig) => process, PROCESS_RULES),
  group("", whole, MAPPING_RULES),
  group("", whole, NAMESPACE_RULES),
  group("", whole, SYSCTL_RULES),
  group("/linux", ({ linux }: OciConfig) => linux, LINUX_RULES),
  group("/linux/resources", ({ linux }: OciConfig) => linux?.resources, RESOURCES_RULES),
  group("/linux/seccomp", ({ linux }: OciConfig) => linux?.seccomp, SECCOMP_RULES),
];

/** SemVer 2.0.0: numbers without leading zeros, an optional pre-release, an optional build. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;

/** Within a major version a config of any release is good for any runtime, as far as the runtime knows what it asks for. */
function ociVersion({ ociVersion: version }: OciConfig, report: Report): void {
  const major = SEMVER.exec(version)?.[1];
  if (major === undefined) {
    report("/ociVersion", "be a version by SemVer 2.0.0, such as 1.3.0", itIs(version));
  } else if (major !== "1") {
    report("/ociVersion", "be from 1.0.0 on and below 2.0.0", itIs(version));
  }
}

function annotations({ annotations: all }: OciConfig, report: Report): void {
  if (all !== undefined && Object.hasOwn(all, "")) report("/annotations/", "have a name", "its name is empty");
}
