import { readFileSync } from "node:fs";
import { test } from "tap";
import { elfProgram } from "../../lib/linux/elf.ts";
import { elf } from "../support/elf.ts";

const FILES: readonly [name: string, file: Uint8Array, program: ReturnType<typeof elfProgram>][] = [
  ["with a loader", elf(62, "/lib/ld.so"), { machine: "x86-64", interpreter: "/lib/ld.so" }],
  ["without one", elf(183, undefined), { machine: "aarch64", interpreter: undefined }],
  ["of an unknown machine", elf(4711, undefined), { machine: "machine 4711", interpreter: undefined }],
  ["cut off in its headers", elf(62, "/lib/ld.so").subarray(0, 100), { machine: "x86-64", interpreter: undefined }],
  ["cut off in the name", elf(62, "/lib/ld.so").subarray(0, 125), { machine: "x86-64", interpreter: undefined }],
  ["a script", Buffer.from(`#!/bin/sh\n${" ".repeat(100)}`), undefined],
  ["shorter than a header", elf(62, undefined).subarray(0, 63), undefined],
  ["nothing", new Uint8Array(), undefined],
];
for (const [name, file, program] of FILES) {
  test(`elfProgram(): ${name}`, async (t) => t.same(elfProgram(file), program));
}

test("a program of this machine has the loader that it was linked with", async (t) => {
  t.match(elfProgram(readFileSync("/bin/cat").subarray(0, 8192)), { interpreter: /^\/lib.*ld-linux/ });
});
