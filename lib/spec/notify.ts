/** The container's side of sd_notify(3): a socket of its own in place of the one that NOTIFY_SOCKET names on the host. */
import type { Process } from "../config/schema.ts";
import { MOUNT_ATTR, MS } from "../linux/mount.ts";
import type { BindMountSpec } from "./mount-spec.ts";

/** The variable of the runtime's caller, and of the container. */
export const NOTIFY_SOCKET = "NOTIFY_SOCKET";

const DIRECTORY = "/run/notify";

/** For the container's environment. */
export const NOTIFY_VARIABLE = `${NOTIFY_SOCKET}=${DIRECTORY}/notify.sock`;

/** Whoever wrote config.json has provided for notifications, as Podman does; or there is no process that could send any. */
export function notifiesItself({ process }: { readonly process?: Pick<Process, "env"> }): boolean {
  return process === undefined || (process.env?.some((each) => each.startsWith(`${NOTIFY_SOCKET}=`)) ?? false);
}

/** The mount that shows the socket: private, whatever the root's propagation is. */
export function notifyMounts(source: string | undefined): BindMountSpec[] {
  if (source === undefined) return [];
  const set = MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC;
  return [
    {
      kind: "bind",
      destination: DIRECTORY,
      source,
      recursive: false,
      followSource: true,
      followDestination: true,
      sourceIsFile: false,
      attributes: { set, clear: 0 },
      recursiveAttributes: { set: 0, clear: 0 },
      propagation: [MS.PRIVATE],
      idMap: undefined,
    },
  ];
}
