/** The last part of every program: a process of ours takes the identity of the user's program, then becomes it. */
import { PR } from "../linux/prctl.ts";
import { call, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec, ProcessSpec, SeccompSpec } from "../spec/container-spec.ts";
import { enterDirectory, verifyDirectory } from "./directory.ts";
import { findExecutable } from "./executable.ts";
import type { ToAgent } from "./listener.ts";
import { schedule, setPolicies } from "./scheduling.ts";
import { closeOnExec, execute, loadSeccomp } from "./start.ts";
import { becomeUser, chownStdio, lastRlimits, limitCapabilities, setCapabilities, setRlimits } from "./user.ts";

/**
 * The identity of the user's program, and the proof that it can be run: all that can be done before it is to start.
 * @param program receives the address of its path
 * @param makeDirectory a missing `cwd` is made; else it is an error
 * @param limit the limits of resources are not set yet
 */
export function becomeProcess(
  process: ProcessSpec,
  spec: Pick<ContainerSpec, "seccomp" | "memoryPolicy" | "personality">,
  program: Slot,
  { makeDirectory, limit }: { makeDirectory: boolean; limit: boolean },
): Step[] {
  const denied = slot("chdir was denied");
  const { capabilities, noNewPrivileges } = process;
  return [
    ...(limit ? [...setRlimits(process), ...schedule(process)] : []),
    ...setPolicies(spec),
    ...chownStdio(process),
    ...enterDirectory(process, denied, makeDirectory),
    ...limitCapabilities(capabilities),
    ...becomeUser(process),
    ...setCapabilities(capabilities, { keepSysAdmin: spec.seccomp !== undefined && !noNewPrivileges }),
    ...(noNewPrivileges ? [call("set no_new_privs", "prctl", [PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0])] : []),
    // As the user: only now can it be said whether the user may enter the directory and execute the program.
    ...verifyDirectory(process, denied),
    ...findExecutable(process, program),
    closeOnExec(process),
  ];
}

/**
 * Nothing of ours follows.
 * @param agent who is asked about calls that the filter leaves to somebody
 */
export function executeProcess(
  process: ProcessSpec,
  seccomp: SeccompSpec | undefined,
  program: Slot,
  agent?: ToAgent,
): Step[] {
  return [...lastRlimits(process), ...loadSeccomp(seccomp, agent), execute(process, program)];
}
