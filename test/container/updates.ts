/** What the tests of update share. */
import type { Test } from "tap";
import type { Config } from "../support/bundle.ts";
import { type CgroupFile, cgroupValue, VERSION } from "../support/cgroup.ts";
import { type Container, container } from "../support/container.ts";

export const FILES = {
  memory: { v1: "memory/memory.limit_in_bytes", v2: "memory.max" },
  reservation: { v1: "memory/memory.soft_limit_in_bytes", v2: "memory.low" },
  shares: { v1: "cpu/cpu.shares", v2: "cpu.weight" },
  cpus: { v1: "cpuset/cpuset.cpus", v2: "cpuset.cpus" },
  mems: { v1: "cpuset/cpuset.mems", v2: "cpuset.mems" },
  idle: { v1: "cpu/cpu.idle", v2: "cpu.idle" },
  burst: { v1: "cpu/cpu.cfs_burst_us", v2: "cpu.max.burst" },
  pids: { v1: "pids/pids.max", v2: "pids.max" },
} as const satisfies Record<string, CgroupFile>;

export const MIB = 1 << 20;

/** A container that runs `script`, which is to wait. */
export async function running(t: Test, resources: Config = {}, script = "exec sleep 60"): Promise<Container> {
  const subject = container(t, { process: { args: ["sh", "-c", script] }, linux: { resources } });
  const { code, stderr } = await subject.create();
  t.equal(code, 0, stderr);
  await subject.start();
  return subject;
}

/** Runs `update`, which must succeed and say nothing. */
export async function update(t: Test, subject: Container, args: readonly string[], stdin?: string): Promise<void> {
  t.same(await subject.command("update", args, stdin === undefined ? {} : { stdin }), {
    code: 0,
    stdout: "",
    stderr: "",
  });
}

/** Quota and period in the way of v2. */
export function cpuMax({ id }: Container): string {
  if (VERSION === 2) return cgroupValue(id, { v1: "", v2: "cpu.max" });
  const v1 = (file: string) => cgroupValue(id, { v1: `cpu/cpu.cfs_${file}_us`, v2: "" });
  return `${v1("quota").replace("-1", "max")} ${v1("period")}`;
}
