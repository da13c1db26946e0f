/** A user namespace that is there for its id maps alone: made by a process that then ends, kept by a descriptor. */
import { during, RuntimeError } from "../base/errors.ts";
import { mapReport, PAGE_SIZE } from "../init/page.ts";
import { tellAndWait } from "../init/sync.ts";
import { O } from "../linux/fcntl.ts";
import { CLONE } from "../linux/sched.ts";
import { call } from "../program/step.ts";
import type { IdMap } from "../spec/id-map.ts";
import { close, type Fd, inherit, open } from "../sys/file.ts";
import { sharedPage } from "../sys/memory.ts";
import { ownPidfd, wait } from "../sys/process.ts";
import { socketPair } from "../sys/socket.ts";
import { writeIdMaps } from "./id-maps.ts";
import { failureOf, launch } from "./launch.ts";
import { receiveMessage } from "./sync.ts";

/** A user namespace with those maps: that at a path, or a new one. @throws RuntimeError */
export function userNamespaceOf({ path, uidMappings, gidMappings }: IdMap): Fd {
  if (path !== undefined) return during("open the user namespace", () => open(path, O.RDONLY | O.NONBLOCK));
  const [ours, theirs] = socketPair();
  const page = sharedPage("idmap-report", PAGE_SIZE);
  for (const fd of [theirs, page]) inherit(fd);
  const { pid, program } = launch("idmap", [
    mapReport(page),
    call("make a user namespace for mapped ids", "unshare", [CLONE.NEWUSER]),
    ...tellAndWait(theirs, "u"),
  ]);
  close(theirs);
  const pidfd = ownPidfd(pid);
  try {
    if (receiveMessage(ours, pidfd) === undefined) {
      throw failureOf(program, page) ?? new RuntimeError("a process that makes a user namespace was killed");
    }
    writeIdMaps(pid, uidMappings, gidMappings);
    return open(`/proc/${pid}/ns/user`, O.RDONLY);
  } finally {
    // The process ends by that.
    for (const fd of [ours, page, pidfd]) close(fd);
    wait(pid);
  }
}
