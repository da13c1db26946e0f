/** runtime.md and runtime-linux.md. */
import type { Document } from "./requirement.ts";

const LIFECYCLE = "state/lifecycle";
const STATES = "${state}: ${command} answers ${code}; then it is ${after}";
const TELLS = "state tells what runtime.md wants, and what engines read besides";
const HOOKS = "process/hooks";
const ORDER = "hooks run in the listed order, each kind at its moment";
const FAILURES = "process/hook-failures";

// biome-ignore format: a table
export const RUNTIME: Document = {
  name: "runtime.md",
  requirements: [
    ["Scope of a Container", "who creates a container MUST be able to use the operations against it", "the state stands under --root, for every later command", LIFECYCLE, STATES],
    ["State", "ociVersion, id, status, pid, bundle: REQUIRED", "stateDocument gives all of them always", LIFECYCLE, TELLS],
    ["State", "id MUST be unique across all containers on this host", "of one --root: mkdir of the state directory decides", "state/concurrent", "of several creates of one id one succeeds"],
    ["State", "additional status values MUST represent new states", "`paused` is the only one", "container/pause", "a paused container stands still, says so, and goes on"],
    ["State", "in JSON the format MUST adhere to schema/state-schema.json", "schemas/state.json says the same", "schemas/state", "a container that was created or runs has a pid, others may do without"],
    ["Lifecycle", "step 2: the environment MUST be created according to config.json", "init does all of it before it says that it is ready", "init/create-sequence", "the runtime's hooks run when mounts are done, the container's before masks and pivot_root"],
    ["Lifecycle", "step 2: if it can't be created, MUST generate an error", "every step that fails is an error of create", "state/failing-calls", "any system call of ${name}, and of what it starts, fails: an error is told, or all is done"],
    ["Lifecycle", "step 2: the program MUST NOT be run at this time", "init sleeps until start", LIFECYCLE, "the program does not run before start, and config.json may go after create"],
    ["Lifecycle", "step 2: updates to config.json after it MUST NOT affect the container", "it is read once", LIFECYCLE, "the program does not run before start, and config.json may go after create"],
    ["Lifecycle", "steps 3 to 5: prestart, createRuntime, createContainer hooks MUST be invoked", "in that order", HOOKS, ORDER],
    ["Lifecycle", "steps 3 to 5: if one fails, MUST generate an error, stop the container, continue at step 12", "create fails and undoes itself, poststop hooks included", FAILURES, "create fails and nothing is left when a ${kind} hook ${name}"],
    ["Lifecycle", "step 7: startContainer hooks MUST be invoked", "by init, when start has been said", HOOKS, ORDER],
    ["Lifecycle", "step 7: if one fails, MUST generate an error, stop the container, continue at step 12", "start fails and destroys the container", FAILURES, "start fails and the container is gone when a startContainer hook ${name}"],
    ["Lifecycle", "step 8: MUST run the user-specified program", "execve(2); start learns whether it succeeded", LIFECYCLE, STATES],
    ["Lifecycle", "step 9: poststart hooks MUST be invoked", "after execve(2), before start returns", HOOKS, ORDER],
    ["Lifecycle", "step 9: if one fails, MUST generate an error, stop the container, continue at step 12", "start fails and destroys the container", FAILURES, "start fails and the container is gone when a poststart hook ${name}"],
    ["Lifecycle", "step 12: MUST be destroyed by undoing the steps of create", "processes, cgroups, resctrl groups, state", "state/interrupted", "create killed after any time: delete --force removes what there is"],
    ["Lifecycle", "step 13: poststop hooks MUST be invoked", "by whatever command destroys the container", HOOKS, ORDER],
    ["Lifecycle", "step 13: if one fails, MUST log a warning, and go on", "each is run by itself", FAILURES, "delete only warns when a poststop hook ${name}"],
    ["Errors", "an error MUST leave the environment as if the operation were never attempted", "what was made is taken away again", "state/failing-calls", "any system call of ${name}, and of what it starts, fails: an error is told, or all is done"],
    ["Warnings", "after a warning it MUST continue as if it had not been logged", "a warning is a line of the log", "process/capabilities", "an unknown capability is a warning"],
    ["Operations", "runtimes MUST support: state, create, start, kill, delete", "commands of these names", LIFECYCLE, STATES],
    ["Query State", "MUST generate an error without ID, and for a container that does not exist", "usage, exit code 1", LIFECYCLE, STATES],
    ["Query State", "MUST return the state", "as JSON", LIFECYCLE, TELLS],
    ["Create", "MUST generate an error without a path to the bundle and an ID", "the bundle is the current directory unless it is given, as for runc", "state/ids", "a command without an id, or with two, is misused"],
    ["Create", "an ID that is not unique or not valid MUST be an error; no container MUST be created", "letters, digits and _+-. are valid", "state/ids", "${command} refuses ids of anything else"],
    ["Create", "MUST create a new container", "created", LIFECYCLE, STATES],
    ["Create", "all properties except process MUST be applied", "before init says that it is ready", "container/masks", "a container that only waits is masked already"],
    ["Create", "process.args MUST NOT be applied until start", "execve(2) is the last step", LIFECYCLE, "the program does not run before start, and config.json may go after create"],
    ["Create", "a property that can't be applied MUST be an error, and no container be created", "refused by name", "process/privileges", "what the host does not have is an error, not a weaker container"],
    ["Start", "MUST generate an error without ID", "usage", "state/ids", "a command without an id, or with two, is misused"],
    ["Start", "of a container that is not created MUST have no effect and be an error", "status is asked under the lock", LIFECYCLE, STATES],
    ["Start", "MUST run the program; MUST generate an error if process was not set", "the record says whether there was one", LIFECYCLE, "a container without process can be created, not started"],
    ["Kill", "MUST generate an error without ID", "usage", "state/ids", "a command without an id, or with two, is misused"],
    ["Kill", "of a container neither created nor running MUST have no effect and be an error", "by pidfd; --all is an extension that reaches what a stopped one left", LIFECYCLE, STATES],
    ["Kill", "MUST send the specified signal to the container process", "pidfd_send_signal(2)", LIFECYCLE, "kill takes signals by name and number, TERM without one"],
    ["Delete", "MUST generate an error without ID", "usage", "state/ids", "a command without an id, or with two, is misused"],
    ["Delete", "of a container that is not stopped MUST have no effect and be an error", "Unmet: for a created container. runc and crun delete one, and engines rely on it; of a running one it is an error without --force", LIFECYCLE, STATES],
    ["Delete", "MUST delete the resources that create made", "cgroups, resctrl groups, state", "container/cgroups", "delete removes the cgroups on every hierarchy"],
    ["Delete", "resources not created by this container MUST NOT be deleted", "a cgroup with others in it, a resctrl group that is named, a namespace that was joined", "container/cgroups", "a cgroup that was there before is used, and what others have in it stays"],
  ],
};

// biome-ignore format: a table
export const RUNTIME_LINUX: Document = {
  name: "runtime-linux.md",
  requirements: [
    ["Dev symbolic links", "MUST create /dev/fd, stdin, stdout, stderr if the source exists", "symlinks in the /dev that was mounted", "container/devices", "the links are there, and ptmx leads to the container's own devpts"],
  ],
};
