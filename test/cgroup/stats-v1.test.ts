import { test } from "tap";
import { statsV1 } from "../../lib/cgroup/stats-v1.ts";

const FILES: Record<string, string> = {
  "cpuacct/cpuacct.usage": "30000000\n",
  "cpuacct/cpuacct.usage_percpu": "10000000 20000000 \n",
  "cpuacct/cpuacct.usage_all": "cpu user system\n0 6 4\n1 15 5\n",
  "cpuacct/cpuacct.stat": "user 2\nsystem 1\n",
  "cpu/cpu.stat": "nr_periods 5\nnr_throttled 2\nthrottled_time 700\n",
  "cpuset/cpuset.cpus": "0-1\n",
  "cpuset/cpuset.mems": "0\n",
  "cpuset/cpuset.sched_relax_domain_level": "-1\n",
  "memory/memory.stat": "cache 4096\nrss 8192\n",
  "memory/memory.usage_in_bytes": "12288\n",
  "memory/memory.limit_in_bytes": "9223372036854771712\n",
  "memory/memory.failcnt": "3\n",
  "memory/memory.memsw.limit_in_bytes": "65536\n",
  "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
  "pids/pids.current": "4\n",
  "pids/pids.max": "max\n",
  "blkio/blkio.throttle.io_service_bytes_recursive": "8:0 Read 5\n",
  "hugetlb/hugetlb.2MB.usage_in_bytes": "2097152\n",
  "hugetlb/hugetlb.2MB.max_usage_in_bytes": "4194304\n",
};

const stats = (files: Record<string, string>) =>
  statsV1({
    has: (controller) => Object.keys(files).some((path) => path.startsWith(`${controller}/`)),
    read: (controller, file) => files[`${controller}/${file}`],
    list: (controller) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${controller}/`))
        .map((path) => path.slice(controller.length + 1)),
  });

test("statsV1() has runc's names and units", async (t) => {
  t.match(stats(FILES), {
    cpu: {
      usage: {
        total: 30000000n,
        percpu: [10000000n, 20000000n],
        percpu_user: [6n, 15n],
        percpu_kernel: [4n, 5n],
        user: 20000000n,
        kernel: 10000000n,
      },
      throttling: { periods: 5n, throttledPeriods: 2n, throttledTime: 700n },
    },
    cpuset: { cpus: [0, 1], mems: [0], sched_relax_domain_level: -1 },
    memory: {
      cache: 4096n,
      usage: { limit: 9223372036854771712n, usage: 12288n, max: 0n, failcnt: 3n },
      swap: { limit: 65536n },
      raw: { rss: 8192n },
      events: { oom_kill: 2n },
    },
    pids: { current: 4n, limit: 0n },
    blkio: { ioServiceBytesRecursive: [{ major: 8, minor: 0, op: "Read", value: 5n }] },
    hugetlb: { "2MB": { usage: 2097152n, max: 4194304n, failcnt: 0n } },
  });
});

test("statsV1() takes the scheduler's counters where there are some", async (t) => {
  const bfq = { ...FILES, "blkio/blkio.bfq.io_serviced_recursive": "8:0 Read 9\n" };
  t.match(stats(bfq).blkio, { ioServicedRecursive: [{ value: 9n }], ioServiceBytesRecursive: [] });
  const idle = { ...FILES, "blkio/blkio.bfq.io_serviced_recursive": "Total 0\n" };
  t.match(
    stats(idle).blkio,
    { ioServiceBytesRecursive: [{ value: 5n }] },
    "no device is in the hands of that scheduler",
  );
});

test("statsV1() has the pressure that the v2 cgroup of a hybrid host tells", async (t) => {
  const pressure = "some avg10=1.00 avg60=0.00 avg300=0.00 total=5\n";
  const psi = { some: { avg10: 1, avg60: 0, avg300: 0, total: 5n } };
  const hybrid = Object.fromEntries(["cpu", "memory", "io"].map((name) => [`unified/${name}.pressure`, pressure]));
  t.match(stats({ ...FILES, ...hybrid }), { cpu: { psi }, memory: { psi }, blkio: { psi } });
  t.notOk(JSON.stringify(Object.keys(stats(FILES).cpu as object)).includes("psi"));
});

test("statsV1() without any controller is zeros", async (t) => {
  t.match(stats({}), { cpu: { usage: { total: 0n, percpu: [] } }, memory: { usage: { usage: 0n } }, hugetlb: {} });
});

test("statsV1() asks the v2 cgroup of a hybrid host for what v1 has not", async (t) => {
  const hybrid = {
    "memory/memory.usage_in_bytes": "12288\n",
    "unified/memory.current": "5\n",
    "unified/pids.current": "3\n",
    "unified/pids.max": "7\n",
    "unified/io.stat": "8:0 rbytes=4096\n",
    "unified/hugetlb.2MB.current": "2097152\n",
  };
  t.match(stats(hybrid), {
    memory: { usage: { usage: 12288n } },
    pids: { current: 3n, limit: 7n },
    blkio: { ioServiceBytesRecursive: [{ major: 8, minor: 0, op: "Read", value: 4096n }] },
    hugetlb: { "2MB": { usage: 2097152n } },
  });
  t.match(stats({ "unified/memory.current": "5\n" }), { memory: { usage: { usage: 5n } } });
});
