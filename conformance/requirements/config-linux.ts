/** config-linux.md. */
import type { Document } from "./requirement.ts";

const NAMESPACES = "container/namespaces";
const DEVICES = "container/net-devices";
const PLAN = "resctrl/plan";
const GROUPS = "resctrl/groups";
const NOTIFY = "container/seccomp-notify";
const SCHEMA = "config.json, properties of Linux";
const ORDER = "values are written in the spec's order: L3, memory bandwidth, schemata";
const AGENT = "the agent gets the container process state, in one message, when the container is started";

// biome-ignore format: a table
export const CONFIG_LINUX: Document = {
  name: "config-linux.md",
  requirements: [
    ["Namespaces", "type REQUIRED", "schema", NAMESPACES, "namespaces are refused"],
    ["Namespaces", "path MUST be an absolute path in the runtime mount namespace", "schema; opened before anything is joined", NAMESPACES, "namespaces are refused"],
    ["Namespaces", "MUST place the process in the namespace of path", "setns(2)", NAMESPACES, "namespaces are joined and made in any combination"],
    ["Namespaces", "MUST generate an error if path is of another type", "setns(2) is told the type", NAMESPACES, "namespaces are refused"],
    ["Namespaces", "without path MUST create a new namespace", "clone3(2)", NAMESPACES, "a new ${type} namespace is no other's"],
    ["Namespaces", "a type that is not listed MUST be inherited", "no flag", NAMESPACES, "without a ${type} namespace the container is in the runtime's"],
    ["Namespaces", "duplicated types MUST be an error", "a rule", "config/rules/namespaces", "types listed again"],
    ["User namespace mappings", "containerID, hostID, size REQUIRED", "schema", "schemas/config", SCHEMA],
    ["Devices", "devices MUST be available in the container", "mknodat(2), or a bind mount in a user namespace", "container/devices", "linux.devices: ${name}"],
    ["Devices", "type, path REQUIRED; major, minor REQUIRED unless type is p", "schema and a rule", "config/rules/linux", "a device without its number"],
    ["Devices", "a file at path that does not match MUST be an error", "type and number are compared", "container/devices", "a file in the way that does not match is an error"],
    ["Default Devices", "MUST supply null, zero, full, random, urandom, tty, console, ptmx", "console with a terminal", "container/devices", "the default devices are there and work"],
    ["Network Devices", "netDevices MUST be made available in the container", "RTM_SETLINK from outside", DEVICES, "netDevices: a device is moved with its name, and is up"],
    ["Network Devices", "MUST check if moving is possible; a name that exists MUST be an error", "both namespaces are looked at before anything moves", DEVICES, "netDevices: into a network namespace that is joined, where indices and names may be taken"],
    ["Network Devices", "with %d the move MUST be allowed", "the kernel picks the number", DEVICES, "netDevices: %d becomes a number that is free"],
    ["Network Devices", "MUST preserve attributes, and permanent addresses of global scope", "what the kernel drops is added again", DEVICES, "netDevices: permanent global addresses are kept, others are not"],
    ["Network Devices", "MUST set the state to up", "RTM_SETLINK", DEVICES, "netDevices: a device is moved with its name, and is up"],
    ["Network Devices", "MUST NOT manage the lifecycle within the container; MUST NOT move it out before deletion", "only a create that fails brings devices back", DEVICES, "netDevices: hooks and sysctls find the devices; the end of the container is the end of virtual ones"],
    ["Control groups", "MUST generate an error if a check of an existing cgroup fails", "one with processes, or frozen, is refused", "cgroup/hosts-v1", "a cgroup that has processes, or is frozen, is not taken"],
    ["Cgroups Path", "MUST be absolute or relative; an absolute one MUST be relative to the mount point", "path.ts", "container/cgroups", "cgroupsPath is ${name}: the same for every container of that path"],
    ["Cgroups Path", "MUST consistently attach to the same place", "nothing in it is random", "container/cgroups", "two containers one after the other may have the same path"],
    ["Cgroups Path", "an invalid value MUST be an error", "path.ts", "cgroup/path", "cgroupPlace() refuses"],
    ["Cgroup ownership", "MUST NOT fail when delegation is not possible; MUST fall back to the list of files", "owner.ts", "container/delegation", "the directory and the delegated files are the user's, the limits are not"],
    ["Allowed Device list", "MUST apply entries in the listed order", "one write each on v1, one program on v2", "cgroup/devices", "deviceWrites(): ${name}"],
    ["Allowed Device list", "allow REQUIRED", "schema", "schemas/resources", "resources.json"],
    ["Memory", "checkBeforeUpdate: MUST reject a limit below the usage", "the write is preceded by a look at the usage", "cgroup/hosts-v2", "a limit with checkBeforeUpdate is not set below what is in use"],
    ["CPU", "quota MUST be no smaller than burst", "a rule", "config/rules/resources", "a burst larger than the quota"],
    ["Block IO", "major, minor, rate REQUIRED", "schema", "schemas/resources", "resources.json"],
    ["Block IO", "MUST specify weight or leafWeight", "a rule", "config/rules/resources", "a device without weights"],
    ["Huge page limits", "pageSize, limit REQUIRED", "schema", "schemas/resources", "resources.json"],
    ["Network", "name, priority REQUIRED", "schema", "schemas/resources", "resources.json"],
    ["RDMA", "MUST specify hcaHandles or hcaObjects", "a rule", "config/rules/resources", "an RDMA device without limits"],
    ["Unified", "MUST ensure that the controllers are enabled", "cgroup.subtree_control of each cgroup above", "container/limits", "linux.resources.${one.property}"],
    ["Unified", "unknown configuration MUST still be written", "any file of the cgroup", "config/rules/resources", "files of cgroup v2"],
    ["Unified", "a controller that is not present or can't be enabled MUST be an error", "before anything is made", "container/cgroup-faults", "a controller that the cgroup above does not pass down is missed by the limit that needs it"],
    ["Unified", "if a conversion is not possible, MUST generate an error", "a limit without file is refused by name", "container/limits", "${name} is refused by name, and nothing is left"],
    ["IntelRdt", "MUST write the process to tasks of the sub-directory", "as soon as there is a process", GROUPS, "the values go to the group's schemata, the process to its tasks and to the monitoring group's"],
    ["IntelRdt", "without a mounted resctrl MUST generate an error", "by the type in mountinfo", "container/intel-rdt", "intelRdt: without a mounted resctrl create fails"],
    ["IntelRdt", "if not set, MUST NOT manipulate any resctrl", "nothing is looked at", GROUPS, "without closID the group is made, and removed; what is gone already is fine"],
    ["IntelRdt", "closID /: MUST be assigned to the default CLOS", "the root of the file system", PLAN, "/ is the root group"],
    ["IntelRdt", "memBwSchema MUST start with MB: and MUST NOT contain newlines; schemata MUST NOT contain newlines", "schema", "container/intel-rdt", "intelRdt: wrong values are told with the configuration's other faults"],
    ["IntelRdt", "MUST write l3CacheSchema first, memBwSchema last, schemata after both", "one write each", PLAN, ORDER],
    ["IntelRdt", "either one that is set MUST be written", "the same", PLAN, ORDER],
    ["IntelRdt", "if none is set, MUST NOT write to any schemata", "no value, no write", GROUPS, "without closID the group is made, and removed; what is gone already is fine"],
    ["IntelRdt", "without closID MUST use the container ID and create the directory", "mkdir(2)", PLAN, "without closID the container gets a group of its id, which is its own"],
    ["IntelRdt", "closID with values: a directory that is missing MUST be created", "mkdir(2)", PLAN, "a closID with values is made if it is not there, and is never removed"],
    ["IntelRdt", "closID with values: an existing directory MUST be compared, and an error if it does not match", "by resource and domain, as numbers", PLAN, "a group that is there must have the values: ${JSON.stringify(config)}"],
    ["IntelRdt", "closID without values: the directory MUST be there, else an error", "schemata is looked for", PLAN, "a closID without values must be there"],
    ["IntelRdt", "a sub-directory that was created for the ID MUST be removed at delete", "kept in the state", GROUPS, "without closID the group is made, and removed; what is gone already is fine"],
    ["IntelRdt", "any other MUST NOT be removed", "not kept in the state", PLAN, "a group of its id that was there already is used, and stays"],
    ["IntelRdt", "enableMonitoring: MUST create mon_groups/ID, delete it afterwards, and fail if it can't be made", "mkdir(2), rmdir(2)", PLAN, "monitoring has a group below, which is always the container's own"],
    ["Memory policy", "mode REQUIRED", "schema", "schemas/config", SCHEMA],
    ["Seccomp", "defaultAction, names, action, index, value, op REQUIRED; names MUST have at least one entry", "schema", "schemas/seccomp", "seccomp.json"],
    ["Seccomp", "an errno that the action doesn't support MUST be an error", "a rule", "container/seccomp", "a profile is refused"],
    ["Seccomp", "listenerPath: MUST use AF_UNIX and SOCK_STREAM; exactly one state per connection; the connection MUST be closed", "one sendmsg(2), then close(2)", NOTIFY, AGENT],
    ["Seccomp", "if sending fails, MUST generate an error", "start fails", NOTIFY, "the agent has gone by the time of start: an error, and the container can be deleted"],
    ["Seccomp", "listenerMetadata MUST NOT be set without listenerPath", "a rule", "config/rules/seccomp", "words for no agent"],
    ["Container Process State", "MUST be sent as JSON, descriptors by SCM_RIGHTS in the first sendmsg(2); ociVersion, pid, state REQUIRED", "one message", NOTIFY, AGENT],
    ["Masked Paths", "MUST be absolute paths in the container namespace", "schema; resolved in the root", "container/masks", "a path is refused"],
    ["Readonly Paths", "MUST be absolute paths in the container namespace", "schema; resolved in the root", "container/masks", "a path is refused"],
    ["Personality", "domain REQUIRED", "schema", "schemas/config", SCHEMA],
  ],
};
