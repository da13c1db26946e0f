/** `list`: the containers of a state root. */

import { listIds, NotFoundError, readRecord } from "../state/store.ts";
import { readFileIfExists } from "../sys/file.ts";
import { type StateDocument, stateDocument, statusOf } from "./state.ts";

/** All containers in the order of their ids; one that is deleted meanwhile is left out. `owner` is a user's name or id. */
export function listContainers(root: string): StateDocument[] {
  const passwd = readFileIfExists("/etc/passwd") ?? "";
  const entries: StateDocument[] = [];
  for (const id of listIds(root)) {
    try {
      const record = readRecord(root, id);
      if (record === undefined) continue;
      entries.push({ ...stateDocument(record, statusOf(root, record)), owner: userName(passwd, record.owner) });
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return entries;
}

/** The name of a user id in the text of passwd(5), else the id. */
function userName(passwd: string, uid: number): string {
  const line = passwd.split("\n").find((each) => each.split(":")[2] === String(uid));
  return line === undefined ? String(uid) : line.slice(0, line.indexOf(":"));
}
