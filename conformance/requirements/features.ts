/** features.md and features-linux.md. */
import type { Document } from "./requirement.ts";

const FILE = "cli/features";
const SAYS = "it says what engines look for, and nothing that this version can't do";
const TAKES = "what it lists is taken, and what config.json may name it lists";

// biome-ignore format: a table
export const FEATURES: Document = {
  name: "features.md",
  requirements: [
    ["Features Structure", "null MUST NOT be confused with an empty value", "no property is null", FILE, "the document is of the schema"],
    ["Specification version", "ociVersionMin, ociVersionMax REQUIRED; max MUST NOT be less than min", "1.0.0 and 1.3.0", FILE, SAYS],
    ["Specification version", "both MUST be accepted as ociVersion", "any 1.x is", FILE, TAKES],
    ["Specification version", "MUST NOT contain properties that are not defined", "the schema of the spec, no more", FILE, "the document is of the schema"],
    ["Hooks", "MUST support the elements as hooks", "all six", "process/hooks", "hooks run in the listed order, each kind at its moment"],
    ["Mount Options", "MUST recognize the elements as options of mounts", "the keys of the table that mounts are read with", FILE, SAYS],
    ["Annotations", "MUST be a key-value map", "texts", FILE, "the document is of the schema"],
  ],
};

// biome-ignore format: a table
export const FEATURES_LINUX: Document = {
  name: "features-linux.md",
  requirements: [
    ["Namespaces", "MUST recognize the elements as type of linux.namespaces", "the keys of the table that namespaces are read with", FILE, TAKES],
    ["Capabilities", "MUST recognize the elements in process.capabilities", "the keys of the table that sets are read with", FILE, TAKES],
    ["Seccomp", "MUST recognize actions, operators, archs, knownFlags; MUST support supportedFlags", "the keys of the tables that profiles are read with; the kernel is asked for flags", FILE, SAYS],
    ["MemoryPolicy", "MUST recognize modes and flags", "the keys of the tables that policies are read with", FILE, TAKES],
    ["MountExtensions", "idmap.enabled MUST be true if mappings are recognised", "as the build can", FILE, SAYS],
  ],
};
