/** The page that the runtime shares with a program of its own: a report of a failed step, and pids that the kernel writes. */
import { MAP, PROT } from "../linux/mman.ts";
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

function page(name: string, offset: number): Buffer {
  return { kind: "buffer", name, size: 4, address: PAGE_ADDRESS + offset };
}

/** Failed steps are reported from here on in the page behind `fd`, mapped at `address` or, for 0, anywhere. */
export function mapReport(fd: number | Slot, address = 0): Step {
  const flags = MAP.SHARED | (address === 0 ? 0 : MAP.FIXED_NOREPLACE);
  return call("map the report page", "mmap", [address, PAGE_SIZE, PROT.READ | PROT.WRITE, flags, fd, 0], {
    result: REPORT,
  });
}
