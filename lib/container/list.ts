/** `list`: the containers of a state root. */

import { describe } from "../base/errors.ts";
import { listIds, NotFoundError, readRecord } from "../state/store.ts";
import { readFileIfExists } from "../sys/file.ts";
import type { Warn } from "./destroy.ts";
import { type StateDocument, stateDocument, statusOf } from "./state.ts";

/**
 * All containers in the order of their ids; one that is deleted meanwhile is left out, and so is one whose state can't be read, which
 * is a warning. `owner` is a user's name or id.
 */
export function listContainers(root: string, warn: Warn): StateDocument[] {
  const passwd = readFileIfExists("/etc/passwd") ?? "";
  const entries: StateDocument[] = [];
  for (const id of listIds(root)) {
    try {
      const record = readRecord(root, id);
      if (record === undefined) continue;
      entries.push({ ...stateDocument(record, statusOf(root, record)), owner: userName(passwd, record.owner) });
    } catch (error) {
      if (!(error instanceof NotFoundError)) warn(`${id}: ${describe(error)}`);
    }
  }
  return entries;
}

/** The name of a user id in the text of passwd(5), else the id. */
function userName(passwd: string, uid: number): string {
  const line = passwd.split("\n").find((each) => each.split(":")[2] === String(uid));
  return line === undefined ? String(uid) : line.slice(0, line.indexOf(":"));
}
