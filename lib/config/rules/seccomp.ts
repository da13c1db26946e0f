/** Rules of config-linux.md, Seccomp. */
import { itIs, type Report, type Rule } from "../rule.ts";
import type { Seccomp } from "../schema.ts";

export const SECCOMP_RULES: readonly Rule<Seccomp>[] = [
  { reads: ["/defaultAction", "/defaultErrnoRet", "/syscalls"], check: errnos },
  { reads: ["/defaultAction", "/syscalls", "/flags"], check: notify },
  { reads: ["/listenerPath", "/listenerMetadata"], check: metadata },
];

/** The actions whose data is an errno, or what the tracer makes of it. */
const WITH_ERRNO: readonly string[] = ["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"];

function errnos({ defaultAction, defaultErrnoRet, syscalls = [] }: Seccomp, report: Report): void {
  if (defaultErrnoRet !== undefined && !WITH_ERRNO.includes(defaultAction)) {
    report("/defaultErrnoRet", `be absent with ${defaultAction}`, itIs(defaultErrnoRet));
  }
  for (let i = 0; i < syscalls.length; i++) {
    const entry = syscalls[i];
    if (entry?.errnoRet === undefined || WITH_ERRNO.includes(entry.action)) continue;
    report(`/syscalls/${i}/errnoRet`, `be absent with ${entry.action}`, itIs(entry.errnoRet));
  }
}

const NOTIFY = "SCMP_ACT_NOTIFY";

function notify({ defaultAction, syscalls = [], flags }: Seccomp, report: Report): void {
  // runt itself has to execute the program and to hand over the listener before anyone answers.
  if (defaultAction === NOTIFY) report("/defaultAction", `be another than ${NOTIFY}`, itIs(defaultAction));
  let notified = defaultAction === NOTIFY;
  for (let i = 0; i < syscalls.length; i++) {
    const entry = syscalls[i];
    if (entry?.action !== NOTIFY) continue;
    notified = true;
    const write = entry.names.indexOf("write");
    if (write !== -1)
      report(`/syscalls/${i}/names/${write}`, `be a call other than write with ${NOTIFY}`, itIs("write"));
  }
  const wait = flags?.indexOf("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") ?? -1;
  if (wait !== -1 && !notified) report(`/flags/${wait}`, `come with an ${NOTIFY}`, "no call has that action");
}

function metadata({ listenerPath, listenerMetadata }: Seccomp, report: Report): void {
  if (listenerMetadata && !listenerPath) {
    report("/listenerMetadata", "come with a listenerPath", "there is none");
  }
}
