/** The page that the runtime shares with a program of its own: a report of a failed step, and pids that the kernel writes. */
import { MAP, PROT } from "../linux/mman.ts";
import { SIGINFO_SIZE } from "../linux/wait.ts";
import { type Buffer, call, REPORT, type Slot, type Step } from "../program/step.ts";

/** Size of the page that is shared with the runtime, and of its mapping. */
export const PAGE_SIZE = 4096;

/** Where in the page the kernel writes the pid of the container's first process, 4 bytes; the report is at its start. */
export const PID_OFFSET = 64;

/** The same of a process that has been between stage 1 and init, and of a descriptor of init. */
export const STAGE2_OFFSET = 68;
export const PIDFD_OFFSET = 72;

/** Where stage 1 maps the page: far from the program, and known when clone_args are made. */
export const PAGE_ADDRESS = 0x20000000;

/** The page as buffers, for what is told to another process of the program. */
export const PAGE_PID = page("init's pid", PID_OFFSET);
export const PAGE_PIDFD = page("init's pidfd", PIDFD_OFFSET);

/** How the last hook that the program has waited for has ended: what waitid(2) says of it. */
export const HOOK_END_OFFSET = 128;
export const PAGE_HOOK_END = page("how the hook ended", HOOK_END_OFFSET, SIGINFO_SIZE);

function page(name: string, offset: number, size = 4): Buffer {
  return { kind: "buffer", name, size, address: PAGE_ADDRESS + offset };
}

/**
 * Failed steps are reported from here on in the page behind `fd`, mapped at `address` or, for 0, anywhere.
 * @param instead what is mapped there is done with
 */
export function mapReport(fd: number | Slot, address = 0, instead = false): Step {
  const flags = MAP.SHARED | (address === 0 ? 0 : instead ? MAP.FIXED : MAP.FIXED_NOREPLACE);
  return call("map the report page", "mmap", [address, PAGE_SIZE, PROT.READ | PROT.WRITE, flags, fd, 0], {
    result: REPORT,
  });
}
