/** What is to be done in the container's network namespace. */

import { SIOC } from "../linux/ioctl.ts";
import { IFF, NETLINK_ROUTE } from "../linux/netlink.ts";
import { PR } from "../linux/prctl.ts";
import { CLONE } from "../linux/sched.ts";
import { AF, SOCK } from "../linux/socket.ts";
import { call, type Step, slot } from "../program/step.ts";
import type { NamespacesSpec } from "../spec/container-spec.ts";
import { sendDescriptor } from "./rights.ts";

/** Brings `lo` up, netdevice(7), if the namespace is a new one: it is down then, and every runtime does so. */
export function raiseLoopback({ create }: NamespacesSpec): Step[] {
  if ((create & CLONE.NEWNET) === 0) return [];
  const socket = slot("socket");
  // struct ifreq: name 16, flags 2, to 40 bytes in all.
  const request = new Uint8Array(40);
  request.set([0x6c, 0x6f]);
  request[16] = IFF.UP;
  const doing = "bring up the loopback interface";
  return [
    call(doing, "socket", [AF.INET, SOCK.DGRAM | SOCK.CLOEXEC, 0], { result: socket }),
    call(doing, "ioctl", [socket, SIOC.SIFFLAGS, request]),
    call(doing, "close", [socket]),
  ];
}

/**
 * A program of its own: it gets the runtime, which enters no namespace, a socket by which to act in another one.
 * @param namespace descriptor of the network namespace
 * @param socket where the netlink socket goes, over a Unix socket
 */
export function lendRouteSocket(namespace: number, socket: number): Step[] {
  const netlink = slot("netlink socket");
  const doing = "open a netlink socket in the container's network namespace";
  return [
    call("become non-dumpable", "prctl", [PR.SET_DUMPABLE, 0, 0, 0, 0]),
    call("enter the container's network namespace", "setns", [namespace, CLONE.NEWNET]),
    call(doing, "socket", [AF.NETLINK, SOCK.RAW | SOCK.CLOEXEC, NETLINK_ROUTE], { result: netlink }),
    ...sendDescriptor("send the netlink socket to the runtime", netlink, socket, "n"),
  ];
}
