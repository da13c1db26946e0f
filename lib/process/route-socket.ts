/** A netlink socket in another network namespace: a small program goes there and sends one back. */
import { RuntimeError } from "../base/errors.ts";
import { lendRouteSocket } from "../init/network.ts";
import { mapReport, PAGE_SIZE } from "../init/page.ts";
import { close, type Fd, inherit } from "../sys/file.ts";
import { sharedPage } from "../sys/memory.ts";
import { RouteSocket } from "../sys/netlink.ts";
import { wait } from "../sys/process.ts";
import { receiveFd, socketPair } from "../sys/socket.ts";
import { failureOf, launch } from "./launch.ts";

/**
 * A socket for the interfaces of the network namespace that `namespace` has open.
 * @throws RuntimeError with the step that failed
 */
export function routeSocketIn(namespace: Fd): RouteSocket {
  const [ours, theirs] = socketPair();
  const page = sharedPage("network-report", PAGE_SIZE);
  const own = [theirs, page];
  try {
    for (const fd of [...own, namespace]) inherit(fd);
    const { pid, program } = launch("runt-network", [mapReport(page), ...lendRouteSocket(namespace, theirs)]);
    close(theirs);
    own.shift();
    wait(pid);
    const failure = failureOf(program, page);
    if (failure !== undefined) throw failure;
    const socket = receiveFd(ours);
    if (socket === undefined) throw new RuntimeError("no socket came from the container's network namespace");
    return new RouteSocket(socket);
  } finally {
    for (const fd of [...own, ours]) close(fd);
  }
}
