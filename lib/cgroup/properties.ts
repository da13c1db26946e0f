/**
 * Limits as systemd's unit properties, systemd.resource-control(5) and org.freedesktop.systemd1(5): what the files of the
 * container's cgroup get is told to systemd too, which else would undo it when it next writes them. What systemd has no word
 * for is in the files only.
 */
import { bitmap, parseList } from "../config/list.ts";
import type { Property } from "../systemd/units.ts";
import { type Value, type Variant, variant } from "../systemd/value.ts";
import { allowedDevices } from "./device-allow.ts";
import type { Batch } from "./plan.ts";
import type { Write } from "./write.ts";

/** CGROUP_LIMIT_MAX, systemd's "infinity". */
const INFINITY = 2n ** 64n - 1n;

/** CPUWeight of a group that is idle, since systemd 252, and of one of which nothing else is said. */
export const IDLE = 0;
const USUAL = 100;

/** The period of cpu.max and of systemd when none is set, in microseconds. */
const DEFAULT_PERIOD = 100_000;

/** systemd keeps quotas as a percentage: in steps of this many microseconds of a second. */
const QUOTA_STEP = 10_000;

/** The signature of pairs of a device's path and a number. */
const PER_DEVICE = "a(st)";

/** A file that takes one number or "max", and its property: unsigned, 64 bits. */
const NUMBERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "cpu.weight": "CPUWeight",
    "memory.max": "MemoryMax",
    "memory.high": "MemoryHigh",
    "memory.low": "MemoryLow",
    "memory.min": "MemoryMin",
    "memory.swap.max": "MemorySwapMax",
    "pids.max": "TasksMax",
    "io.weight": "IOWeight",
    "cpu.shares": "CPUShares",
    "memory.limit_in_bytes": "MemoryLimit",
    "blkio.weight": "BlockIOWeight",
  }),
);

/** A file that takes a list of numbers, and its property: a bit for each. */
const LISTS: ReadonlyMap<string, string> = new Map(
  Object.entries({ "cpuset.cpus": "AllowedCPUs", "cpuset.mems": "AllowedMemoryNodes" }),
);

/** A key of io.max, or a v1 file that takes the same per device, and its property. */
const THROTTLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    rbps: "IOReadBandwidthMax",
    wbps: "IOWriteBandwidthMax",
    riops: "IOReadIOPSMax",
    wiops: "IOWriteIOPSMax",
    "blkio.throttle.read_bps_device": "BlockIOReadBandwidth",
    "blkio.throttle.write_bps_device": "BlockIOWriteBandwidth",
  }),
);

/**
 * The properties of what `batches` write; of two writes that come to the same one the last counts.
 * @param period the one of cpu.max or cpu.cfs_period_us now, for a quota without one
 */
export function limitProperties(batches: readonly Batch[], period = DEFAULT_PERIOD): Property[] {
  const found = new Map<string, Variant>();
  const cpu: { quota?: number; period?: number } = {};
  for (const [write, isV2] of batches.flatMap(({ writes, hierarchy }) => {
    return writes.map((each) => [each, hierarchy === "unified"] as const);
  })) {
    // It depends on what another file says.
    if (write.less !== undefined) continue;
    if (write.file === "cpu.idle" && isV2) found.set("CPUWeight", variant("t", write.value === "1" ? IDLE : USUAL));
    readCpu(write, cpu);
    for (const [name, value] of propertiesOf(write)) {
      // Devices of one property come one by one.
      const before = value.signature === PER_DEVICE ? found.get(name) : undefined;
      found.set(name, before ? variant(PER_DEVICE, [before, value].flatMap(elements)) : value);
    }
  }
  if (cpu.period !== undefined) found.set("CPUQuotaPeriodUSec", variant("t", cpu.period));
  if (cpu.quota !== undefined) {
    found.set("CPUQuotaPerSecUSec", variant("t", quotaPerSecond(cpu.quota, cpu.period ?? period)));
  }
  return [...found, ...batches.flatMap(devices)];
}

/** Device rules, at whose beginning systemd's list is emptied. */
function devices({ devices: rules, hierarchy }: Batch): Property[] {
  if (rules === undefined) return [];
  const allowed = allowedDevices(rules, hierarchy === "unified" ? 2 : 1);
  return [
    ["DevicePolicy", variant("s", allowed ? "strict" : "auto")],
    ["DeviceAllow", variant("a(ss)", [])],
    ["DeviceAllow", variant("a(ss)", allowed ?? [])],
  ];
}

function elements({ value }: Variant): readonly Value[] {
  return value as readonly Value[];
}

/** What can't be read as such a value has no property: the kernel will refuse it. */
function propertiesOf({ file, value, otherwise }: Write): Property[] {
  // What is written where the kernel has no such file is what systemd knows.
  if (file.startsWith("io.bfq.")) return (otherwise ?? []).flatMap(propertiesOf);
  const list = LISTS.get(file);
  if (list !== undefined) return property(list, "ay", bytesOf(value));
  const number = NUMBERS.get(file);
  const amount = limit(value.replace(/^default /, ""));
  if (number !== undefined && amount !== undefined) return property(number, "t", amount);
  const [device = "", ...rest] = value.split(" ");
  if (file === "io.weight") return perDevice("IODeviceWeight", device, rest[0]);
  if (file !== "io.max") return perDevice(THROTTLES.get(file), device, rest[0]);
  return rest.flatMap((part) => {
    const [key = "", each] = part.split("=");
    return perDevice(THROTTLES.get(key), device, each);
  });
}

function property(name: string, signature: string, value: Value | undefined): Property[] {
  return value === undefined ? [] : [[name, variant(signature, value)]];
}

/** A number for a device, `8:0`. */
function perDevice(name: string | undefined, device: string, amount: string | undefined): Property[] {
  const number = limit(amount);
  if (name === undefined || number === undefined || !/^\d+:\d+$/.test(device)) return [];
  return property(name, PER_DEVICE, [[`/dev/block/${device}`, number]]);
}

/** A limit as systemd has it; undefined for what is none. */
function limit(text = ""): bigint | undefined {
  if (!/^(-?\d+|max)$/.test(text)) return undefined;
  if (text === "max" || text.startsWith("-")) return INFINITY;
  const number = BigInt(text);
  return number < INFINITY ? number : INFINITY;
}

/** cpu.max of v2, "QUOTA PERIOD"; cpu.cfs_quota_us and cpu.cfs_period_us of v1. */
function readCpu({ file, value, keepsFirst }: Write, cpu: { quota?: number; period?: number }): void {
  if (file === "cpu.cfs_quota_us") cpu.quota = Number(value);
  if (file === "cpu.cfs_period_us") cpu.period = Number(value);
  if (file !== "cpu.max") return;
  const [first = "", second = ""] = keepsFirst ? [undefined, value] : value.split(" ");
  if (first === "max" || isCount(first)) cpu.quota = first === "max" ? -1 : Number(first);
  if (isCount(second)) cpu.period = Number(second);
}

function isCount(text: string): boolean {
  return /^\d{1,15}$/.test(text) && Number(text) > 0;
}

/** Microseconds of a second, rounded up to what systemd can keep; no less than was asked for. */
function quotaPerSecond(quota: number, period: number): bigint {
  if (quota <= 0) return INFINITY;
  return BigInt(Math.ceil((quota * 1_000_000) / period / QUOTA_STEP) * QUOTA_STEP);
}

/** `0-2,8` → [7, 1]: bit n of byte n / 8. Undefined for a list in another form that the kernel may know. */
function bytesOf(list: string): number[] | undefined {
  // As above it, for the kernel and for systemd.
  if (list.trim() === "") return [];
  const ranges = parseList(list.trim());
  if (ranges === undefined) return undefined;
  const bytes = [...bitmap(ranges)];
  return bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}
