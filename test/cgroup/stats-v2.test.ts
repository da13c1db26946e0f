import { test } from "tap";
import { UNLIMITED } from "../../lib/cgroup/stat-text.ts";
import { statsV2 } from "../../lib/cgroup/stats-v2.ts";

const PRESSURE = "some avg10=1.00 avg60=0.00 avg300=0.00 total=5\n";

const FILES: Record<string, string> = {
  "cpu.stat": "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 5\nnr_throttled 2\nthrottled_usec 7\n",
  "cpu.pressure": PRESSURE,
  "cpuset.cpus.effective": "0-1\n",
  "cpuset.mems.effective": "0\n",
  "memory.current": "100\n",
  "memory.max": "1000\n",
  "memory.peak": "700\n",
  "memory.swap.max": "500\n",
  "memory.swap.current": "50\n",
  "memory.stat": "anon 10\nfile 20\nkernel 30\nsock 4\n",
  "memory.events": "low 0\nhigh 0\nmax 6\noom 1\noom_kill 2\n",
  "memory.pressure": PRESSURE,
  "pids.current": "4\n",
  "pids.max": "9\n",
  "io.stat": "8:0 rbytes=5 wbytes=6 rios=1 wios=2 dbytes=0 dios=0\n",
  "io.pressure": PRESSURE,
  "hugetlb.2MB.current": "2097152\n",
  "hugetlb.2MB.events": "max 3\n",
};

const stats = (files: Record<string, string>) =>
  statsV2({ has: () => false, read: (_, file) => files[file], list: () => Object.keys(files) });

test("statsV2() has runc's names and units, memory.events and pressure", async (t) => {
  const psi = { some: { avg10: 1, total: 5n } };
  t.match(stats(FILES), {
    cpu: {
      usage: { total: 30000n, user: 20000n, kernel: 10000n },
      throttling: { periods: 5n, throttledPeriods: 2n, throttledTime: 7000n },
      psi,
    },
    cpuset: { cpus: [0, 1], mems: [0] },
    memory: {
      cache: 20n,
      usage: { limit: 1000n, usage: 100n, max: 700n, failcnt: 6n },
      swap: { limit: 1500n, usage: 150n },
      kernel: { usage: 30n },
      kernelTCP: { usage: 4n },
      events: { oom: 1n, oom_kill: 2n },
      psi,
    },
    pids: { current: 4n, limit: 9n },
    blkio: {
      ioServiceBytesRecursive: [
        { op: "Read", value: 5n },
        { op: "Write", value: 6n },
        { op: "Discard", value: 0n },
      ],
      psi,
    },
    hugetlb: { "2MB": { usage: 2097152n, failcnt: 3n } },
  });
});

test("statsV2() tells no limit as the largest number, of processes as 0", async (t) => {
  const unlimited = stats({ "memory.max": "max\n", "memory.swap.max": "max\n", "pids.max": "max\n" });
  t.match(unlimited, { memory: { usage: { limit: UNLIMITED }, swap: { limit: UNLIMITED } }, pids: { limit: 0n } });
});

test("statsV2() without any controller is zeros", async (t) => {
  t.match(stats({}), { cpu: { usage: { total: 0n } }, memory: { usage: { usage: 0n } }, hugetlb: {} });
});
