import { rules } from "./table.ts";

const process = (more: object): { process: object } => ({ process: { cwd: "/", args: ["true"], ...more } });
const limit = (type: string, soft: number, hard: number): object => ({ type, soft, hard });
const scheduler = (policy: string, more: object = {}): { process: object } =>
  process({ scheduler: { policy, ...more } });

rules({
  "the largest ids": { config: process({ user: { uid: 4294967294, gid: 4294967294, additionalGids: [4294967294] } }) },
  "ids that stand for none": {
    config: process({ user: { uid: 4294967295, gid: 4294967295, additionalGids: [0, 4294967295] } }),
    faults: [
      "/process/user/uid must be below 4294967295, which stands for no id: it is 4294967295",
      "/process/user/gid must be below 4294967295, which stands for no id: it is 4294967295",
      "/process/user/additionalGids/1 must be below 4294967295, which stands for no id: it is 4294967295",
    ],
  },

  "the largest terminal": { config: process({ terminal: true, consoleSize: { height: 65535, width: 65535 } }) },
  "the size of no terminal is ignored": { config: process({ consoleSize: { height: 65536, width: 65536 } }) },
  "a terminal larger than the kernel has them": {
    config: process({ terminal: true, consoleSize: { height: 65536, width: 65537 } }),
    faults: [
      "/process/consoleSize/height must be at most 65535: it is 65536",
      "/process/consoleSize/width must be at most 65535: it is 65537",
    ],
  },

  "limits of different types": {
    config: process({ rlimits: [limit("RLIMIT_CPU", 1, 1), limit("RLIMIT_AS", 0, 2 ** 53)] }),
  },
  "a limit given twice": {
    config: process({ rlimits: [limit("RLIMIT_CPU", 1, 1), limit("RLIMIT_AS", 1, 1), limit("RLIMIT_CPU", 1, 1)] }),
    faults: ["/process/rlimits/2/type must be limited once: entry 0 limits RLIMIT_CPU already"],
  },
  "a soft limit above the hard one": {
    config: process({ rlimits: [limit("RLIMIT_CPU", 2, 1)] }),
    faults: ["/process/rlimits/0/soft must be at most the hard limit, 1: it is 2"],
  },

  "nice values of the kernel, the lowest": { config: scheduler("SCHED_OTHER", { nice: -20 }) },
  "nice values of the kernel, the highest": { config: scheduler("SCHED_BATCH", { nice: 19, priority: 0 }) },
  "a nice value below": {
    config: scheduler("SCHED_OTHER", { nice: -21 }),
    faults: ["/process/scheduler/nice must be from -20 to 19: it is -21"],
  },
  "a nice value above": {
    config: scheduler("SCHED_OTHER", { nice: 20 }),
    faults: ["/process/scheduler/nice must be from -20 to 19: it is 20"],
  },
  "a real-time priority": { config: scheduler("SCHED_FIFO", { priority: 1 }) },
  "the highest real-time priority": { config: scheduler("SCHED_RR", { priority: 99 }) },
  "a real-time policy without priority": {
    config: scheduler("SCHED_FIFO"),
    faults: ["/process/scheduler/priority must be from 1 to 99 with SCHED_FIFO: it is missing"],
  },
  "a real-time priority out of range": {
    config: scheduler("SCHED_RR", { priority: 100 }),
    faults: ["/process/scheduler/priority must be from 1 to 99 with SCHED_RR: it is 100"],
  },
  "a priority without a real-time policy": {
    config: scheduler("SCHED_IDLE", { priority: 1 }),
    faults: ["/process/scheduler/priority must be 0 or absent with SCHED_IDLE: it is 1"],
  },
  "deadline attributes": { config: scheduler("SCHED_DEADLINE", { runtime: 1024, deadline: 1024, period: 1024 }) },
  "a deadline that is the period": { config: scheduler("SCHED_DEADLINE", { runtime: 1024, deadline: 2048 }) },
  "deadline attributes with another policy": {
    config: scheduler("SCHED_OTHER", { runtime: 1, deadline: 2, period: 3 }),
    faults: [
      "/process/scheduler/runtime must be 0 or absent with SCHED_OTHER: it is 1",
      "/process/scheduler/deadline must be 0 or absent with SCHED_OTHER: it is 2",
      "/process/scheduler/period must be 0 or absent with SCHED_OTHER: it is 3",
    ],
  },
  "a deadline policy without attributes": {
    config: scheduler("SCHED_DEADLINE"),
    faults: [
      "/process/scheduler/runtime must be at least 1024 with SCHED_DEADLINE: it is missing",
      "/process/scheduler/deadline must be at least the runtime, 0: it is missing",
    ],
  },
  "a deadline before the work is done, and after the period": {
    config: scheduler("SCHED_DEADLINE", { runtime: 3000, deadline: 2000, period: 1000 }),
    faults: [
      "/process/scheduler/deadline must be at least the runtime, 3000: it is 2000",
      "/process/scheduler/period must be at least the deadline, 2000: it is 1000",
    ],
  },

  "CPUs of exec": { config: process({ execCPUAffinity: { initial: "0-3,7", final: "" } }) },
  "CPUs of exec that are no list": {
    config: process({ execCPUAffinity: { initial: "all", final: "3-0" } }),
    faults: [
      '/process/execCPUAffinity/initial must be a list of CPUs such as 0-3,7: it is "all"',
      '/process/execCPUAffinity/final must be a list of CPUs such as 0-3,7: it is "3-0"',
    ],
  },
});
