import { test } from "tap";
import { goOnWithRest, restMessage } from "../../lib/init/rest.ts";
import { compile, compileRest } from "../../lib/program/compile.ts";
import { call, type Step } from "../../lib/program/step.ts";
import { encode } from "../program/run.ts";
import { listing } from "./listing.ts";
import { HANDLES } from "./sequence.ts";

test("init waits for the rest, maps it for reading and its memory for writing, and goes on with it", async (t) => {
  t.strictSame(listing(goOnWithRest(HANDLES)), [
    "read 0xb extents of the rest 0x18 -> <message length>",
    "unless <message length> == 0x18",
    "  fail EPIPE: wait for the rest of the program: the runtime has died",
    "mmap 0x30000000 extents of the rest+0 0x1 0x100002 0xd 0x0",
    "mmap extents of the rest+8 extents of the rest+16 0x3 0x100022 -1 0x0",
    "close 0xd",
    "rest",
  ]);
});

test("the runtime says how long the file is, and where memory is needed", async (t) => {
  const steps: Step[] = [call("say", "write", [1, "x", 1])];
  const rest = compileRest(compile([{ op: "rest" }], "x86-64", encode), steps, "x86-64", encode);
  const message = new BigUint64Array(restMessage(rest).buffer);
  t.strictSame([...message].map(Number), [rest.file.length, rest.memory.address, rest.memory.length]);
});
