/** Puts a program for device accesses in the place of the one before, bpf(2). */
import { during, errnoOf } from "../base/errors.ts";
import {
  BPF_ATTR,
  BPF_ATTR_SIZE,
  BPF_CGROUP_DEVICE,
  BPF_CMD,
  BPF_F,
  BPF_PROG_INFO,
  BPF_PROG_TYPE_CGROUP_DEVICE,
  type Instruction,
} from "../linux/bpf.ts";
import { E } from "../linux/errno.ts";
import { address, decode, encode, must } from "../sys/ffi.ts";
import { close, type Fd } from "../sys/file.ts";

/** What runt's programs are called: others may be attached to the same cgroup, systemd's for one. */
const NAME = "runt_devices";
/** The kernel wants to know it; its helper functions that want "GPL" are not used. */
const LICENSE = "Apache-2.0";
/** More programs than this on one cgroup there can't be. */
const MOST = 64;

const { PROG_LOAD, PROG_ATTACH, PROG_QUERY } = BPF_ATTR;
/** Offsets where the kernel reads a pointer of 64 bits; all else has 32. */
const POINTERS: readonly string[] = ["instructions", "license", "ids", "info"];

/**
 * Has the kernel ask `program` about accesses from the cgroup; an empty program: allows all that those above it allow. A program
 * of runt's that is there is replaced in one step, so at no time everything is allowed or denied.
 * @throws RuntimeError
 */
export function attachDeviceFilter(cgroup: Fd, program: readonly Instruction[]): void {
  during("set linux.resources.devices", () => {
    const present = ownPrograms(cgroup);
    const old = present[0];
    try {
      if (program.length > 0) {
        const fresh = load(program);
        try {
          attach(cgroup, fresh, old);
        } finally {
          close(fresh);
        }
      } else if (old !== undefined) {
        bpf(BPF_CMD.PROG_DETACH, PROG_ATTACH, { target: cgroup, program: old, type: BPF_CGROUP_DEVICE });
      }
    } finally {
      for (const fd of present) close(fd);
    }
  });
}

function load(program: readonly Instruction[]): Fd {
  const code = new BigUint64Array(program);
  const license = encode(`${LICENSE}\u0000`);
  const name = encode(NAME);
  const attributes = new Uint8Array(BPF_ATTR_SIZE);
  attributes.set(name, PROG_LOAD.name);
  return bpf(
    BPF_CMD.PROG_LOAD,
    PROG_LOAD,
    {
      type: BPF_PROG_TYPE_CGROUP_DEVICE,
      count: program.length,
      instructions: address(code),
      license: address(license),
    },
    attributes,
  );
}

function attach(cgroup: Fd, program: Fd, replaced: Fd | undefined): void {
  const common = { target: cgroup, program, type: BPF_CGROUP_DEVICE };
  const how =
    replaced === undefined ? { flags: BPF_F.ALLOW_MULTI } : { flags: BPF_F.ALLOW_MULTI | BPF_F.REPLACE, replaced };
  bpf(BPF_CMD.PROG_ATTACH, PROG_ATTACH, { ...common, ...how });
}

/** Descriptors of the programs on the cgroup that have runt's name. */
function ownPrograms(cgroup: Fd): Fd[] {
  const ids = new Uint32Array(MOST);
  const attributes = new Uint8Array(BPF_ATTR_SIZE);
  const query = { target: cgroup, type: BPF_CGROUP_DEVICE, ids: address(ids), count: MOST };
  bpf(BPF_CMD.PROG_QUERY, PROG_QUERY, query, attributes);
  const count = new DataView(attributes.buffer).getUint32(PROG_QUERY.count, true);
  const own: Fd[] = [];
  for (const id of ids.subarray(0, count)) {
    const fd = programOf(id);
    if (fd === undefined) continue;
    if (nameOf(fd) === NAME) own.push(fd);
    else close(fd);
  }
  return own;
}

/** A program by its id; undefined when it is gone since the id was told: systemd replaces its own when it likes. */
function programOf(id: number): Fd | undefined {
  try {
    return bpf(BPF_CMD.PROG_GET_FD_BY_ID, BPF_ATTR.PROG_GET_FD_BY_ID, { id });
  } catch (error) {
    if (errnoOf(error) !== E.ENOENT) throw error;
    return undefined;
  }
}

function nameOf(program: Fd): string {
  const info = new Uint8Array(BPF_PROG_INFO.size);
  const { name, nameSize } = BPF_PROG_INFO;
  bpf(BPF_CMD.OBJ_GET_INFO_BY_FD, BPF_ATTR.OBJ_GET_INFO_BY_FD, { program, length: info.length, info: address(info) });
  return decode(info, name, nameSize).split("\0", 1)[0] ?? "";
}

/** bpf(2) with the values at their offsets in `attributes`. Throws SyscallError. */
function bpf<Name extends string>(
  command: number,
  layout: Readonly<Record<Name, number>>,
  values: { readonly [N in Name]?: number },
  attributes: Uint8Array = new Uint8Array(BPF_ATTR_SIZE),
): number {
  const view = new DataView(attributes.buffer);
  for (const name in values) {
    const value = values[name] ?? 0;
    if (POINTERS.includes(name)) view.setBigUint64(layout[name], BigInt(value), true);
    else view.setInt32(layout[name], value, true);
  }
  return must("bpf", command, attributes, attributes.length);
}
