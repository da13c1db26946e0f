import { test } from "tap";
import type { Machine } from "../../lib/linux/machine.ts";
import { type SyscallName, syscallNumber, syscallNumbers } from "../../lib/linux/syscalls.ts";
import { noCompiler, valuesInC } from "./c.ts";

const NAMES = Object.keys(syscallNumbers("x86-64")) as SyscallName[];

/** The generic table is aarch64's, with what its <asm/unistd.h> asks for; the headers of glibc undo the macros of x86-64's. */
const GENERIC = `
#include <stdio.h>
#include <unistd.h>
${NAMES.map((name) => `#undef __NR_${name}`).join("\n")}
#define __ARCH_WANT_MEMFD_SECRET
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_RENAMEAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
#include <asm-generic/unistd.h>
`;

const HEADERS: readonly (readonly [Machine, string])[] = [
  ["x86-64", "#include <asm/unistd_64.h>"],
  ["aarch64", GENERIC],
];

for (const [machine, prelude] of HEADERS) {
  test(`syscallNumber(): ${machine} has the numbers of the kernel's headers`, { skip: noCompiler }, (t) => {
    const values = valuesInC(
      prelude,
      NAMES.map((name) => `?__NR_${name}`),
    );
    t.ok(values.size > 300);
    for (const name of NAMES) {
      const number = syscallNumber(machine, name);
      const theirs = values.get(`__NR_${name}`);
      if (theirs !== undefined) t.equal(number, Number(theirs), name);
      // What these headers lack is either younger than they are, or of the other machine alone.
      else t.ok(number === undefined || number > 450 || name.startsWith("u"), `${name} is ${number}`);
    }
    t.end();
  });
}

test("syscallNumber() is undefined for what a machine lacks or no one knows", (t) => {
  t.equal(syscallNumber("aarch64", "open"), undefined);
  t.equal(syscallNumber("aarch64", "fork"), undefined);
  t.equal(syscallNumber("x86-64", "no_such_call" as SyscallName), undefined);
  t.end();
});

test("calls that are new have one number on all machines", (t) => {
  for (const name of ["clone3", "openat2", "open_tree_attr", "file_setattr"] as const) {
    t.equal(syscallNumber("x86-64", name), syscallNumber("aarch64", name), name);
  }
  t.equal(syscallNumber("x86-64", "read"), 0);
  t.equal(syscallNumber("aarch64", "io_setup"), 0);
  t.end();
});
