/** Rules of config-linux.md, Control groups; they hold for the file of `update --resources` too, where 0 is "as it is". */
import { escapeKey, itIs, type Report, type Rule } from "../rule.ts";
import type { Resources } from "../schema.ts";

export const RESOURCES_RULES: readonly Rule<Resources>[] = [
  { reads: ["/memory"], check: swap },
  { reads: ["/cpu"], check: burst },
  { reads: ["/blockIO/weightDevice"], check: weightDevices },
  { reads: ["/rdma"], check: rdma },
  { reads: ["/unified"], check: unified },
];

/** `swap` counts memory and swap together, so it cannot be the smaller. */
function swap({ memory }: Resources, report: Report): void {
  const { limit = 0, swap: both = 0 } = memory ?? {};
  if (both > 0 && limit > both) report("/memory/swap", `be at least the memory limit, ${limit}`, itIs(both));
}

function burst({ cpu }: Resources, report: Report): void {
  const { quota = 0, burst: saved = 0 } = cpu ?? {};
  if (quota > 0 && saved > quota) report("/cpu/burst", `be at most the quota, ${quota}`, itIs(saved));
}

function weightDevices({ blockIO }: Resources, report: Report): void {
  const devices = blockIO?.weightDevice ?? [];
  for (let i = 0; i < devices.length; i++) {
    if (devices[i]?.weight !== undefined || devices[i]?.leafWeight !== undefined) continue;
    report(`/blockIO/weightDevice/${i}`, "have a weight or a leafWeight", "it has neither");
  }
}

function rdma({ rdma: devices = {} }: Resources, report: Report): void {
  for (const [name, { hcaHandles, hcaObjects }] of Object.entries(devices)) {
    if (hcaHandles !== undefined || hcaObjects !== undefined) continue;
    report(`/rdma/${escapeKey(name)}`, "have hcaHandles or hcaObjects", "it has neither");
  }
}

/** Files of a cgroup that move processes into it, of whomever. */
const MOVES: readonly string[] = ["cgroup.procs", "cgroup.threads"];

/** Each key is a file of the cgroup, never a path out of it. */
function unified({ unified: files = {} }: Resources, report: Report): void {
  for (const name of Object.keys(files)) {
    if (MOVES.includes(name)) report(`/unified/${name}`, "be a limit", `${name} moves processes into the cgroup`);
    if (name !== "" && name !== "." && name !== ".." && !name.includes("/")) continue;
    report(`/unified/${escapeKey(name)}`, "be named like a file of the cgroup", `its name is ${JSON.stringify(name)}`);
  }
}
