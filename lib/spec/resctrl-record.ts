/** A container's groups of the resctrl file system as its state keeps them. */
export interface ResctrlRecord {
  /** Files in which a process of the container is to be named, absolute. */
  readonly tasks: readonly string[];
  /** Directories that are the container's own, to go when it is deleted: what is inside another one comes first. */
  readonly directories: readonly string[];
}
