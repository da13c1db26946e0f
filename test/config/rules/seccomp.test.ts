import { rules } from "./table.ts";

const seccomp = (more: object): { linux: object } => ({
  linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", ...more } },
});
const entry = (action: string, more: object = {}): { syscalls: object[] } => ({
  syscalls: [{ names: ["mknod"], action, ...more }],
});
const NOTIFY = "SCMP_ACT_NOTIFY";
const LISTENER = { listenerPath: "/run/agent" };
const WAIT = { flags: ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] };
const WITHOUT = ["KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "ALLOW", "LOG"].map((name) => `SCMP_ACT_${name}`);

rules({
  "an errno with the actions that take one": {
    config: seccomp({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 0,
      syscalls: ["ERRNO", "TRACE"].map((name) => ({ names: ["a"], action: `SCMP_ACT_${name}`, errnoRet: 38 })),
    }),
  },
  ...Object.fromEntries(
    WITHOUT.map((action) => [
      `an errno with ${action}`,
      {
        config: seccomp({ defaultAction: action, defaultErrnoRet: 1, ...entry(action, { errnoRet: 2 }) }),
        faults: [
          `/linux/seccomp/defaultErrnoRet must be absent with ${action}: it is 1`,
          `/linux/seccomp/syscalls/0/errnoRet must be absent with ${action}: it is 2`,
        ],
      },
    ]),
  ),

  "calls that an agent answers": { config: seccomp({ ...LISTENER, ...WAIT, ...entry(NOTIFY) }) },
  "a listener for nothing is ignored": { config: seccomp(LISTENER) },
  "an agent whom an annotation or the environment may name": { config: seccomp(entry(NOTIFY)) },
  "an agent that answers for everything": {
    config: seccomp({ defaultAction: NOTIFY, ...LISTENER }),
    faults: [`/linux/seccomp/defaultAction must be another than ${NOTIFY}: it is "${NOTIFY}"`],
  },
  "an agent that answers for write": {
    config: seccomp({ ...LISTENER, ...entry(NOTIFY, { names: ["mknod", "write"] }) }),
    faults: [`/linux/seccomp/syscalls/0/names/1 must be a call other than write with ${NOTIFY}: it is "write"`],
  },
  "write with another action": { config: seccomp(entry("SCMP_ACT_LOG", { names: ["write"] })) },
  "waiting for an agent that is not there": {
    config: seccomp(WAIT),
    faults: [`/linux/seccomp/flags/1 must come with an ${NOTIFY}: no call has that action`],
  },

  "words for the agent": { config: seccomp({ ...LISTENER, listenerMetadata: "x" }) },
  "no words need no agent": { config: seccomp({ listenerMetadata: "" }) },
  "words for no agent": {
    config: seccomp({ listenerMetadata: "x" }),
    faults: ["/linux/seccomp/listenerMetadata must come with a listenerPath: there is none"],
  },
});
