/** A profile becomes a filter: libseccomp makes the BPF program, seccomp_init(3) and following. */
import { RuntimeError } from "../base/errors.ts";
import type { Seccomp } from "../config/schema.ts";
import { BPF_MAXINSNS } from "../linux/bpf.ts";
import { reason } from "../linux/errno.ts";
import { SEEK } from "../linux/fcntl.ts";
import { MACHINE } from "../linux/machine.ts";
import { AUDIT_ARCH } from "../linux/seccomp.ts";
import { type SyscallName, syscallNumber } from "../linux/syscalls.ts";
import { call, must } from "../sys/ffi.ts";
import { close, readAll } from "../sys/file.ts";
import { plainFile } from "../sys/memory.ts";
import { enosysPrefix, type LastCalls } from "./enosys.ts";
import { defaultActionOf, hidesNewCalls, rulesOf, type SyscallRule } from "./profile.ts";

/** In bytes. */
const LONGEST = BPF_MAXINSNS * 8;

/** SCMP_ARCH_X32 */
const X32 = 0x4000003e;

/** __NR_SCMP_ERROR: libseccomp has never heard of the call. */
const UNKNOWN = -1;

/**
 * The filter for seccomp(2), struct sock_filter[] as bytes. Calls that neither libseccomp nor runt knows are left out. The calls
 * stand in it one after the other: a binary tree of them would be longer, and the kernel (5.11) doesn't run a filter for a call
 * that it always allows.
 * @throws RuntimeError for what libseccomp or the kernel can't take, by name
 */
export function compile(profile: Seccomp): Uint8Array {
  const context = call("seccomp_init", defaultActionOf(profile));
  if (context === 0) throw new RuntimeError(`libseccomp cannot begin a filter that does ${profile.defaultAction}`);
  try {
    const rules = rulesOf(profile).map((rule) => ({
      ...rule,
      number: call("seccomp_syscall_resolve_name", rule.name),
    }));
    // libseccomp takes rules about calls newer than itself while it has no other architecture to translate them for.
    for (const rule of rules) if (rule.number === UNKNOWN) addRule(context, rule, newNumber(rule.name));
    const architectures = addArchitectures(context, profile);
    for (const rule of rules) if (rule.number !== UNKNOWN) addRule(context, rule, rule.number);
    const filter = exportFilter(context);
    const whole = hidesNewCalls(profile) ? concat(enosysPrefix(lastCalls(architectures, profile)), filter) : filter;
    if (whole.length <= LONGEST) return whole;
    throw new RuntimeError(
      `linux.seccomp makes ${whole.length / 8} instructions: the kernel takes ${BPF_MAXINSNS} at most`,
    );
  } finally {
    call("seccomp_release", context);
  }
}

/** The calls that the profile names and nobody here has heard of. */
export function unknownCalls(profile: Seccomp): string[] {
  return (profile.syscalls ?? []).flatMap(({ names }) =>
    names.filter((name) => call("seccomp_syscall_resolve_name", name) === UNKNOWN && newNumber(name) === undefined),
  );
}

/** @throws RuntimeError when a function of libseccomp answered -errno */
function check(doing: string, result: number): void {
  if (result < 0) throw new RuntimeError(`linux.seccomp: ${doing}: libseccomp answers ${reason(-result)}`);
}

/** The numbers (SCMP_ARCH_*) of the machine's own architecture, which a filter has from the start, and of the profile's. */
function addArchitectures(context: number, { architectures = [] }: Seccomp): number[] {
  const numbers = [call("seccomp_arch_native")];
  for (const name of architectures) {
    const number = call("seccomp_arch_resolve_name", name.slice("SCMP_ARCH_".length).toLowerCase());
    if (number === 0) throw new RuntimeError(`linux.seccomp.architectures: libseccomp does not know ${name}`);
    if (numbers.includes(number)) continue;
    check(`add the architecture ${name}`, call("seccomp_arch_add", context, number));
    numbers.push(number);
  }
  return numbers;
}

/** The machine's number of a call that libseccomp does not know, undefined when runt doesn't either. None such is call 0. */
function newNumber(name: string): number | undefined {
  return syscallNumber(MACHINE, name as SyscallName) || undefined;
}

function addRule(context: number, { name, action, comparisons }: SyscallRule, number: number | undefined): void {
  if (number === undefined) return;
  // struct scmp_arg_cmp: arg 32 bits, op 32, datum_a 64, datum_b 64.
  const structs = new BigUint64Array(comparisons.length * 3);
  comparisons.forEach(({ index, op, a, b }, at) => {
    structs.set([BigInt(index) | (BigInt(op) << 32n), a, b], at * 3);
  });
  check(
    `add a rule for ${name}`,
    call("seccomp_rule_add_array", context, action, number, comparisons.length, structs.length > 0 ? structs : null),
  );
}

function exportFilter(context: number): Uint8Array {
  const file = plainFile("seccomp");
  try {
    check("export the filter", call("seccomp_export_bpf", context, file));
    must("lseek", file, 0, SEEK.SET);
    return readAll(file);
  } finally {
    close(file);
  }
}

/** The highest number among the calls that the profile names, on each architecture that has some of them. */
function lastCalls(architectures: readonly number[], { syscalls = [] }: Seccomp): LastCalls[] {
  const names = new Set(syscalls.flatMap((rule) => rule.names));
  const lastOf = (architecture: number) => {
    let last = 0;
    for (const name of names) {
      const number = call("seccomp_syscall_resolve_name_arch", architecture, name);
      const isNew = number === UNKNOWN && architecture === architectures[0];
      last = Math.max(last, (isNew ? newNumber(name) : number) ?? 0);
    }
    return last;
  };
  const lastX32 = architectures.includes(X32) ? lastOf(X32) : undefined;
  return architectures
    .filter((architecture) => architecture !== X32)
    .map((audit) => ({ audit, last: lastOf(audit), lastX32: audit === AUDIT_ARCH.X86_64 ? lastX32 : undefined }))
    .filter(({ last }) => last > 0);
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
