/** What undoes a write to a cgroup file, told from its text. */
import { test } from "tap";
import { formerValue } from "../../lib/cgroup/former.ts";

const CASES: readonly [file: string, text: string, value: string, former: string | undefined][] = [
  ["memory.limit_in_bytes", "67108864\n", "4096", "67108864"],
  ["pids.max", "max\n", "7", "max"],
  ["cpu.cfs_quota_us", "-1\n", "5000", "-1"],
  ["cpu.max", "max 100000\n", "5000 20000", "max 100000"],
  ["cpu.max", "5000 100000\n", "5000 20000", "5000 100000"],
  ["cpuset.cpus", "\n", "0", "\n"],
  ["memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "1", "0"],
  ["memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 0\n", "0", "1"],
  ["blkio.throttle.read_bps_device", "", "8:0 4096", "8:0 0"],
  ["blkio.throttle.read_bps_device", "8:0 1\n8:16 2\n", "8:16 4096", "8:16 2"],
  ["blkio.throttle.read_bps_device", "8:1 1\n", "8:16 4096", "8:16 0"],
  ["io.max", "", "8:0 rbps=1", "8:0 rbps=max wbps=max riops=max wiops=max"],
  ["io.max", "8:0 rbps=5 wbps=max riops=max wiops=max\n", "8:0 rbps=1", "8:0 rbps=5 wbps=max riops=max wiops=max"],
  ["io.weight", "default 100\n8:0 200\n", "500", "default 100"],
  ["io.weight", "default 100\n8:0 200\n", "8:0 500", "8:0 200"],
  ["io.weight", "default 100\n", "8:0 500", "8:0 default"],
  ["io.weight", "default 100\n", "default 7", "default 100"],
  ["blkio.bfq.weight", "100\n", "500", "100"],
  ["rdma.max", "mlx4_0 hca_handle=2 hca_object=max\n", "mlx4_0 hca_handle=3", "mlx4_0 hca_handle=2 hca_object=max"],
  ["net_prio.ifpriomap", "lo 0\neth0 5\n", "eth0 7", "eth0 5"],
  ["misc.max", "a 1\nb 2\n", "c 3", undefined],
];

for (const [file, text, value, former] of CASES) {
  test(`${JSON.stringify(text)} in ${file} is put back, after ${JSON.stringify(value)}, by ${JSON.stringify(former)}`, async (t) => {
    t.equal(formerValue(file, text, value), former);
  });
}
