/** How init comes to the greater part of its program, which the runtime compiles while the kernel makes the container's namespaces. */
import { E } from "../linux/errno.ts";
import { MAP, PROT } from "../linux/mman.ts";
import type { RestOfProgram } from "../program/compile.ts";
import { REST_ADDRESS } from "../program/elf.ts";
import { at, buffer, call, type Step, slot } from "../program/step.ts";
import type { Handles } from "./handles.ts";

/** What the runtime says when the file is there: its length, then where memory is to be, and how much. */
const MESSAGE = buffer("extents of the rest", 24);
const LENGTH = slot("message length");

/** Waits for the rest of the program, and goes on with it. A runtime that has died fails the program. */
export function goOnWithRest({ sync, rest }: Handles): Step[] {
  const waiting = "wait for the rest of the program";
  const mapping = "map the rest of the program";
  const place = MAP.PRIVATE | MAP.FIXED_NOREPLACE;
  const [address, length] = [at(MESSAGE, 8, 8), at(MESSAGE, 16, 8)];
  return [
    call(waiting, "read", [sync, MESSAGE, MESSAGE.size], { result: LENGTH }),
    {
      op: "when",
      value: LENGTH,
      equals: MESSAGE.size,
      then: [],
      otherwise: [{ op: "fail", doing: `${waiting}: the runtime has died`, errno: E.EPIPE }],
    },
    call(mapping, "mmap", [REST_ADDRESS, at(MESSAGE, 0, 8), PROT.READ, place, rest, 0]),
    call(mapping, "mmap", [address, length, PROT.READ | PROT.WRITE, place | MAP.ANONYMOUS, -1, 0]),
    call(mapping, "close", [rest]),
    { op: "rest" },
  ];
}

/** What init waits for, to be sent on the sync socket when nobody can change the file any more. */
export function restMessage({ file, memory }: RestOfProgram): Uint8Array {
  return new Uint8Array(new BigUint64Array([file.length, memory.address, memory.length].map(BigInt)).buffer);
}
