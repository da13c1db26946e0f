/** Rules of config-linux.md, User namespace mappings, for the container's own mappings and those of a mount. */
import { itIs, type Report, type Rule } from "../rule.ts";
import { type IdMapping, namespaceOf, type OciConfig } from "../schema.ts";

export const MAPPING_RULES: readonly Rule<OciConfig>[] = [
  { reads: ["/linux/uidMappings", "/linux/gidMappings"], check: containerRanges },
  { reads: ["/linux/uidMappings", "/linux/gidMappings", "/linux/namespaces"], check: userNamespace },
  {
    reads: ["/process/user", "/linux/uidMappings", "/linux/gidMappings", "/linux/namespaces"],
    check: mappedUser,
  },
  { reads: ["/mounts"], check: mountMappings },
  { reads: ["/mounts", "/linux/namespaces"], check: idmapOption },
];

const KINDS = ["uidMappings", "gidMappings"] as const;

const mapped = (mappings: readonly IdMapping[] | undefined): boolean => mappings !== undefined && mappings.length > 0;

function containerRanges({ linux }: OciConfig, report: Report): void {
  for (const kind of KINDS) ranges(linux?.[kind], `/linux/${kind}`, report);
}

/** UID_GID_MAP_MAX_EXTENTS of the kernel, and the bytes that /proc/PID/uid_map takes in its one write: less than a page. */
const MOST_RANGES = 340;
const MOST_BYTES = 4095;

/** The kernel refuses a map with too many ranges, and one with a range that runs past the last id, or meets another on either side: user_namespaces(7). */
function ranges(mappings: readonly IdMapping[] | undefined, at: string, report: Report): void {
  if (mappings === undefined) return;
  if (mappings.length > MOST_RANGES) {
    report(at, `have at most ${MOST_RANGES} ranges, which is the kernel's limit`, `it has ${mappings.length}`);
    return;
  }
  if (textLength(mappings) > MOST_BYTES) {
    report(at, `be at most ${MOST_BYTES} bytes as the kernel reads it`, `it is ${textLength(mappings)}`);
  }
  for (const side of ["containerID", "hostID"] as const) {
    const sorted = mappings.map((mapping, index) => ({ first: mapping[side], size: mapping.size, index }));
    sorted.sort((a, b) => a.first - b.first);
    for (let i = 0; i < sorted.length; i++) {
      const range = sorted[i];
      const next = sorted[i + 1];
      if (range === undefined) continue;
      const end = range.first + range.size;
      if (end > 0xffff_ffff) {
        report(
          `${at}/${range.index}/size`,
          "end at id 4294967294 or below",
          `with ${side} ${range.first} it ends at ${end - 1}`,
        );
      }
      if (next !== undefined && end > next.first) {
        report(`${at}/${next.index}/${side}`, "map each id once", `${at}/${range.index} maps ${next.first} too`);
      }
    }
  }
}

/** Of "0 100000 65536", a line for each range. */
function textLength(mappings: readonly IdMapping[]): number {
  let length = 0;
  for (const { containerID, hostID, size } of mappings) length += `${containerID} ${hostID} ${size}\n`.length;
  return length;
}

function userNamespace(config: OciConfig, report: Report): void {
  const { linux } = config;
  const namespace = namespaceOf(config, "user");
  for (const kind of KINDS) {
    if (namespace === undefined && mapped(linux?.[kind])) {
      report(`/linux/${kind}`, "be absent without a user namespace", "/linux/namespaces has none of type user");
    } else if (namespace !== undefined && !namespace.path && !mapped(linux?.[kind])) {
      report(`/linux/${kind}`, "map at least one id into the new user namespace", itIs(linux?.[kind]));
    }
  }
}

/** Who is to run the program; that of a namespace which is joined is the kernel's to know. */
function mappedUser(config: OciConfig, report: Report): void {
  const namespace = namespaceOf(config, "user");
  const { uid = 0, gid = 0, additionalGids = [] } = config.process?.user ?? {};
  if (config.process === undefined || namespace === undefined || namespace.path) return;
  need(uid, "uidMappings", "/process/user/uid");
  need(gid, "gidMappings", "/process/user/gid");
  for (const [index, each] of additionalGids.entries()) {
    need(each, "gidMappings", `/process/user/additionalGids/${index}`);
  }

  function need(id: number, kind: (typeof KINDS)[number], at: string): void {
    const mappings = config.linux?.[kind];
    const isMapped = mappings?.some(({ containerID, size }) => containerID <= id && id < containerID + size);
    if (mapped(mappings) && !isMapped) report(at, `be an id of the container that /linux/${kind} maps`, itIs(id));
  }
}

function mountMappings({ mounts = [] }: OciConfig, report: Report): void {
  for (let i = 0; i < mounts.length; i++) {
    const mount = mounts[i];
    if (mount === undefined || (!mapped(mount.uidMappings) && !mapped(mount.gidMappings))) continue;
    for (const kind of KINDS) {
      if (!mapped(mount[kind])) report(`/mounts/${i}/${kind}`, "be there when the other mapping is", itIs(mount[kind]));
      ranges(mount[kind], `/mounts/${i}/${kind}`, report);
    }
  }
}

function idmapOption(config: OciConfig, report: Report): void {
  const { mounts = [] } = config;
  for (let i = 0; i < mounts.length; i++) {
    const { options, uidMappings } = mounts[i] ?? {};
    if (options === undefined || mapped(uidMappings)) continue;
    const index = options.findIndex((option) => option === "idmap" || option === "ridmap");
    if (index === -1 || namespaceOf(config, "user") !== undefined) continue;
    report(
      `/mounts/${i}/options/${index}`,
      "come with uidMappings and gidMappings, or with a user namespace",
      itIs(options[index]),
    );
  }
}
