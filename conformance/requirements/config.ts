/** config.md. */
import type { Document } from "./requirement.ts";

const HOOKS = "process/hooks";
const ORDER = "hooks run in the listed order, each kind at its moment";
const WHERE = "createContainer and startContainer hooks run in the container's namespaces, the others in the runtime's";
const SCHEMA = "config.json, properties of every platform";

// biome-ignore format: a table
export const CONFIG: Document = {
  name: "config.md",
  requirements: [
    ["Specification version", "ociVersion REQUIRED, MUST be in SemVer v2.0.0 format", "a rule", "config/rules/config", "what is no SemVer is named as such"],
    ["Specification version", "compatibility within major versions", "any 1.x is taken, another major refused", "config/rules/config", "another major version is named as such"],
    ["Root", "root REQUIRED, path REQUIRED", "schema", "schemas/config", SCHEMA],
    ["Root", "a directory MUST exist at path", "open with O_DIRECTORY, first of all", "container/root", "a root is refused"],
    ["Root", "readonly: MUST be read-only inside the container", "mount_setattr(2) on the root's mount", "container/root", "a read-only root cannot be written to, mounts in it can"],
    ["Mounts", "MUST mount entries in the listed order", "steps in that order", "container/mount-targets", "mounts are made in the listed order"],
    ["Mounts", "destination REQUIRED; a relative one MUST be interpreted as relative to /", "resolved in the root", "container/mount-targets", "the destination is ${name}"],
    ["Linux mount options", "async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec noiversion nolazytime norelatime nostrictatime nosuid private rbind relatime remount ro rprivate rshared rslave runbindable rw shared silent slave strictatime suid sync unbindable: MUST be implemented", "MOUNT_OPTIONS, a table", "container/mount-options", "mount option ${expected.options.join"],
    ["Linux mount options", "the same: propagation", "MOUNT_OPTIONS, a table", "container/propagation", "a bind mount with ${option} is ${is || \"private\"}"],
    ["Linux mount options", "bind options decide that it is a bind mount", "whatever the type", "spec/mounts", "mountsSpec: ${what}"],
    ["POSIX-platform Mounts", "uidMappings MUST come along with gidMappings, and the other way round", "a rule", "config/rules/mappings", "a mount with one mapping only"],
    ["Process", "process REQUIRED when start is called", "else start is an error", "state/lifecycle", "a container without process can be created, not started"],
    ["Process", "MUST ignore consoleSize if terminal is false", "it is not looked at", "process/terminal", "consoleSize without terminal is ignored"],
    ["Process", "consoleSize: height, width REQUIRED", "schema", "schemas/process", "process.json"],
    ["Process", "cwd REQUIRED, MUST be an absolute path", "schema", "process/cwd", "a cwd is refused"],
    ["Process", "args: at least one entry is REQUIRED, with the semantics of execvp", "looked up in the PATH of env, inside", "process/args", "the program is found: ${name}"],
    ["POSIX process", "rlimits: type, soft, hard REQUIRED; a value without kernel interface MUST be an error", "schema: the limits of the kernel", "process/rlimits", "a limit is refused"],
    ["POSIX process", "rlim_cur and rlim_max MUST match", "prlimit64(2), with all 64 bits", "process/rlimits", "every type is set, soft and hard apart"],
    ["POSIX process", "duplicated entries with same type MUST be an error", "a rule", "config/rules/process", "a limit given twice"],
    ["Linux Process", "a capability that can't be mapped MUST be logged as a warning", "once for each name", "process/capabilities", "an unknown capability is a warning"],
    ["Linux Process", "a capability that can't be granted MUST be logged as a warning", "what runt does not have itself", "process/capabilities", "a capability that can't be given is a warning, once, and the container runs without it"],
    ["Linux Process", "oomScoreAdj: if set, MUST set oom_score_adj", "by stage 1, with the host's rights", "process/privileges", "oomScoreAdj ${oomScoreAdj}"],
    ["Linux Process", "oomScoreAdj: if not set, MUST NOT change it", "no step", "process/privileges", "without oomScoreAdj the caller's stays, whatever it is"],
    ["Linux Process", "scheduler: policy REQUIRED", "schema", "schemas/process", "process.json"],
    ["Linux Process", "scheduler: what is not set must be 0", "fields of sched_attr", "spec/scheduling", "schedulerSpec() turns names into numbers; what is not given is 0"],
    ["Linux Process", "ioPriority: class, priority REQUIRED", "schema", "schemas/process", "process.json"],
    ["POSIX-platform User", "uid, gid REQUIRED", "schema", "schemas/process", "process.json"],
    ["POSIX-platform Hooks", "path REQUIRED, MUST be absolute; timeout MUST be greater than zero", "schema", "process/hook-failures", "a hook is refused"],
    ["POSIX-platform Hooks", "paths of prestart, createRuntime, createContainer, poststart, poststop hooks MUST resolve in the runtime namespace, of startContainer in the container's", "createContainer hooks run before pivot_root", HOOKS, "createContainer hooks run after all mounts, with the host's files still there"],
    ["POSIX-platform Hooks", "prestart, createRuntime, poststart, poststop hooks MUST be executed in the runtime namespace, createContainer and startContainer in the container's", "children of runt or of init", HOOKS, WHERE],
    ["POSIX-platform Hooks", "MUST be called in the listed order", "one after the other", HOOKS, ORDER],
    ["POSIX-platform Hooks", "the state MUST be passed over stdin", "a sealed file", HOOKS, "every hook reads the container's state"],
    ["Prestart", "MUST be called as part of create, after the environment was created, before pivot_root and before createRuntime hooks", "init waits meanwhile", HOOKS, "a prestart hook can set up the container's network"],
    ["CreateRuntime Hooks", "MUST be called as part of create, before pivot_root", "init waits meanwhile", HOOKS, ORDER],
    ["CreateContainer Hooks", "MUST be called as part of create, before pivot_root, after createRuntime hooks", "by init", HOOKS, ORDER],
    ["StartContainer Hooks", "MUST be called before the user-specified process is executed, as part of start", "by init", HOOKS, ORDER],
    ["Poststart", "MUST be called after the user-specified process is executed, before start returns", "execve(2) closes a pipe that start waits for", HOOKS, ORDER],
    ["Poststop", "MUST be called after the container is deleted, before delete returns", "when process and cgroups are gone", HOOKS, ORDER],
    ["Annotations", "MUST be a key-value map; keys and values MUST be strings; a key MUST NOT be empty", "schema and a rule", "config/rules/config", "an annotation without a name"],
    ["Annotations", "org.opencontainers.image.stopSignal MUST be a signal", "the default of kill; another word is an error then", "state/lifecycle", "the signal that config.json names stops the container when kill names none"],
    ["Annotations", "unknown keys MUST be handled like unknown properties", "shown by state, else of no effect", "state/lifecycle", "state tells what runtime.md wants, and what engines read besides"],
    ["Extensibility", "MUST ignore unknown properties", "the schemas let them through", "container/config", "properties that nobody knows are passed over"],
    ["Valid values", "MUST generate an error when invalid or unsupported values are encountered", "schema, rules, and what the kernel refuses", "container/config", "config.json is refused: ${name}"],
  ],
};
