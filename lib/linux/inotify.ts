/** Files that change: inotify(7). */

/** `IN_*`, the events of inotify_add_watch(2). */
export const IN = {
  ACCESS: 0x1,
  MODIFY: 0x2,
  ATTRIB: 0x4,
  CLOSE_WRITE: 0x8,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  DELETE_SELF: 0x400,
  MOVE_SELF: 0x800,
  IGNORED: 0x8000,
  ONLYDIR: 0x1000000,
} as const;

/** IN_CLOEXEC of inotify_init1(2). */
export const IN_CLOEXEC = 0x80000;
