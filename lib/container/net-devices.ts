/** Network devices move into the container: config-linux.md § Network Devices, all by rtnetlink(7) from outside. */
import { describe, during, errnoOf, RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import { IFA, IFA_F, IFF, IFLA, NLM_F, RT_SCOPE, RTM } from "../linux/netlink.ts";
import { type Attributes, attributes, IFADDRMSG, IFINFOMSG, read, uint32 } from "../linux/netlink-message.ts";
import { routeSocketIn } from "../process/route-socket.ts";
import type { NetDeviceSpec } from "../spec/net-devices.ts";
import { close, type Fd, open } from "../sys/file.ts";
import { nameAttribute, RouteSocket, textOf } from "../sys/netlink.ts";
import type { Warn } from "./destroy.ts";

/** An interface as a namespace has it. */
interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
}

/** An address to be given again: fields and attributes of RTM_NEWADDR. */
interface Address {
  readonly fields: { readonly family: number; readonly prefixlen: number; readonly scope: number };
  readonly attributes: Attributes;
}

/** A device on its way. */
interface Device extends NetDeviceSpec {
  readonly link: Link;
  readonly addresses: readonly Address[];
  /** What its index will be inside. */
  readonly index: number;
}

/** Devices that have been moved, and the way back. */
export class MovedDevices {
  readonly #moved: Device[] = [];
  readonly #host: RouteSocket;
  readonly #container: RouteSocket;
  readonly #containerNamespace: Fd;

  /** @param pid a process in the container's network namespace. Throws RuntimeError. */
  constructor(pid: number) {
    this.#containerNamespace = open(`/proc/${pid}/ns/net`, O.RDONLY);
    this.#host = new RouteSocket();
    this.#container = routeSocketIn(this.#containerNamespace);
  }

  /**
   * Moves them; each gets its name, its permanent global addresses, and comes up.
   * @throws RuntimeError: what was moved is then to be brought back
   */
  move(devices: readonly NetDeviceSpec[]): void {
    if (this.#host.namespace === this.#container.namespace) {
      throw new RuntimeError("linux.netDevices needs a network namespace that is not the runtime's own");
    }
    // All is looked at before anything is moved: most of what can go wrong shows now.
    const inside = links(this.#container);
    const prepared = devices.map((device) => this.#prepare(device, inside));
    // Names that are given come before those that the kernel picks.
    prepared.sort((a, b) => Number(isTemplate(a.inside)) - Number(isTemplate(b.inside)));
    for (const device of prepared) {
      during(`move network device ${quote(device.name)} into the container as ${quote(device.inside)}`, () => {
        this.#moved.push(device);
        relocate(this.#host, device.link.index, this.#containerNamespace, this.#newName(device), device.index);
        const { name } = linkOf(this.#container, { index: device.index });
        addAddresses(this.#container, device, device.index, name);
        raise(this.#container, device.index);
      });
    }
  }

  /** Puts back what was moved, when there will be no container; what can't be put back is told. */
  bringBack(warn: Warn): void {
    const own = open("/proc/self/ns/net", O.RDONLY);
    for (const device of this.#moved.reverse()) {
      try {
        during(`bring network device ${quote(device.name)} back`, () => this.#bringBack(device, own));
      } catch (error) {
        warn(describe(error));
      }
    }
    close(own);
    this.close();
  }

  close(): void {
    this.#host.close();
    this.#container.close();
    close(this.#containerNamespace);
  }

  /** @throws RuntimeError when there is no such device, or its name is taken inside; `inside` is told of its index */
  #prepare({ name, inside: wanted }: NetDeviceSpec, inside: Link[]): Device {
    const link = during(`find network device ${quote(name)} of linux.netDevices`, () => linkOf(this.#host, { name }));
    if (!isTemplate(wanted) && inside.some((other) => other.name === wanted)) {
      const reason = `the container's network namespace has a device ${quote(wanted)} already`;
      throw new RuntimeError(`move network device ${quote(name)} into the container: ${reason}`);
    }
    const taken = inside.map(({ index }) => index);
    const index = taken.includes(link.index) ? Math.max(...taken) + 1 : link.index;
    inside.push({ index, name: wanted, up: true });
    return { name, inside: wanted, link, index, addresses: addressesOf(this.#host, link.index) };
  }

  /** The kernel looks for a free number when the device is there with the name it had, and would pass that one over. */
  #newName({ name, inside }: Device): string {
    return fits(name, inside) && !links(this.#container).some((link) => link.name === name) ? name : inside;
  }

  #bringBack({ link, index, addresses }: Device, own: Fd): void {
    try {
      relocate(this.#container, index, own, link.name, link.index);
    } catch (error) {
      // It never got there.
      if (errnoOf(error) === E.ENODEV) return;
      throw error;
    }
    addAddresses(this.#host, { link, addresses }, link.index, link.name);
    if (link.up) raise(this.#host, link.index);
  }
}

const quote = JSON.stringify;

function isTemplate(name: string): boolean {
  return name.includes("%d");
}

/** Whether a name is one that the kernel might make of a template with `%d`. */
function fits(name: string, template: string): boolean {
  const [before, after] = template.split("%d");
  if (before === undefined || after === undefined || !name.startsWith(before) || !name.endsWith(after)) return false;
  return /^\d+$/.test(name.slice(before.length, name.length - after.length));
}

/** @throws SyscallError ENODEV when there is none */
function linkOf(socket: RouteSocket, { index, name }: { readonly index?: number; readonly name?: string }): Link {
  const wanted = new Map(name === undefined ? [] : [[IFLA.IFNAME, nameAttribute(name)]]);
  const fields = { index: index ?? 0 };
  return toLink(socket.ask({ type: RTM.GETLINK, name: "RTM_GETLINK", layout: IFINFOMSG, fields, attributes: wanted }));
}

function links(socket: RouteSocket): Link[] {
  return socket.list({ type: RTM.GETLINK, name: "RTM_GETLINK", layout: IFINFOMSG, fields: {} }).map(toLink);
}

function toLink(body: Uint8Array): Link {
  const { index, flags } = read(body, IFINFOMSG);
  const name = attributes(body, IFINFOMSG).get(IFLA.IFNAME);
  return { index, name: name === undefined ? "" : textOf(name), up: (flags & IFF.UP) !== 0 };
}

/** Moves an interface from the socket's namespace to another, where it gets a name and an index. Throws SyscallError. */
function relocate(from: RouteSocket, index: number, to: Fd, name: string, newIndex: number): void {
  const changes = new Map([
    [IFLA.NET_NS_FD, uint32(to)],
    [IFLA.IFNAME, nameAttribute(name)],
    [IFLA.NEW_IFINDEX, uint32(newIndex)],
  ]);
  const request = { type: RTM.SETLINK, name: "RTM_SETLINK", layout: IFINFOMSG, fields: { index }, attributes: changes };
  from.act(request);
}

function raise(socket: RouteSocket, index: number): void {
  const fields = { index, flags: IFF.UP, change: IFF.UP };
  socket.act({ type: RTM.SETLINK, name: "RTM_SETLINK", layout: IFINFOMSG, fields });
}

/** Of the attributes of an address, those that say what it is; the others say how it is doing. */
const KEPT: readonly number[] = [
  IFA.ADDRESS,
  IFA.LOCAL,
  IFA.LABEL,
  IFA.BROADCAST,
  IFA.CACHEINFO,
  IFA.FLAGS,
  IFA.RT_PRIORITY,
];

/** Flags that are the kernel's to set. */
const STATE = IFA_F.SECONDARY | IFA_F.DADFAILED | IFA_F.DEPRECATED | IFA_F.TENTATIVE | IFA_F.PERMANENT;

/** The addresses that are to be kept: permanent ones of global scope, in the kernel's order. */
function addressesOf(socket: RouteSocket, index: number): Address[] {
  const found: Address[] = [];
  for (const body of socket.list({ type: RTM.GETADDR, name: "RTM_GETADDR", layout: IFADDRMSG, fields: {} })) {
    const fields = read(body, IFADDRMSG);
    const all = attributes(body, IFADDRMSG);
    const flags = all.get(IFA.FLAGS);
    const bits = flags === undefined ? fields.flags : new Uint32Array(flags.slice().buffer)[0];
    const isKept = (Number(bits) & IFA_F.PERMANENT) !== 0 && fields.scope === RT_SCOPE.UNIVERSE;
    if (fields.index !== index || !isKept) continue;
    const kept = new Map([...all].filter(([type]) => KEPT.includes(type)));
    kept.set(IFA.FLAGS, uint32(Number(bits) & ~STATE));
    const { family, prefixlen, scope } = fields;
    found.push({ fields: { family, prefixlen, scope }, attributes: kept });
  }
  return found;
}

function addAddresses(
  socket: RouteSocket,
  device: Pick<Device, "link" | "addresses">,
  index: number,
  name: string,
): void {
  for (const address of device.addresses) {
    const changed = new Map(address.attributes);
    const label = changed.get(IFA.LABEL);
    // A label begins with the name of the interface: `eth0`, `eth0:1`.
    if (label !== undefined) changed.set(IFA.LABEL, nameAttribute(relabel(textOf(label), device.link.name, name)));
    const fields = { ...address.fields, index };
    const request = { type: RTM.NEWADDR, name: "RTM_NEWADDR", layout: IFADDRMSG, fields, attributes: changed };
    socket.act(request, NLM_F.CREATE | NLM_F.EXCL);
  }
}

function relabel(label: string, from: string, to: string): string {
  return label === from || label.startsWith(`${from}:`) ? `${to}${label.slice(from.length)}` : label;
}
