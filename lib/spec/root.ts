/** The container's root, config.md § Root, and how mounts travel between it and the host, linux.rootfsPropagation. */
import type { Linux, OciConfig } from "../config/schema.ts";
import { MS } from "../linux/mount.ts";
import type { RootSpec } from "./container-spec.ts";

type Propagation = NonNullable<Linux["rootfsPropagation"]>;

/**
 * Without rootfsPropagation the container's mounts follow the host's where an option says nothing else: a bind mount may be there
 * to show what the host mounts later. What is to be shared in the end must be private before pivot_root(2).
 */
const PROPAGATION: Readonly<Record<Propagation | "", Pick<RootSpec, "hostPropagation" | "private" | "propagation">>> = {
  "": { hostPropagation: MS.SLAVE | MS.REC, private: true, propagation: 0 },
  slave: { hostPropagation: MS.SLAVE | MS.REC, private: false, propagation: 0 },
  rslave: { hostPropagation: MS.SLAVE | MS.REC, private: false, propagation: 0 },
  private: { hostPropagation: MS.PRIVATE | MS.REC, private: false, propagation: 0 },
  rprivate: { hostPropagation: MS.PRIVATE | MS.REC, private: false, propagation: 0 },
  shared: { hostPropagation: 0, private: true, propagation: MS.SHARED },
  rshared: { hostPropagation: 0, private: true, propagation: MS.SHARED | MS.REC },
  // Not before the end: what is unbindable could not be bound into the container.
  unbindable: { hostPropagation: MS.PRIVATE | MS.REC, private: false, propagation: MS.UNBINDABLE },
  runbindable: { hostPropagation: MS.PRIVATE | MS.REC, private: false, propagation: MS.UNBINDABLE | MS.REC },
};

/** What the configuration can't say. */
export interface RootHost {
  /** Absolute path of the bundle, which a relative root.path counts from. */
  readonly bundle: string;
  /** pivot_root(2) is to be avoided. */
  readonly noPivot: boolean;
  /** See RootSpec. */
  readonly rootPlace: string | undefined;
}

/** The root as config.json has it, with its default propagation. */
export function rootSpec(
  { root, linux }: Pick<OciConfig, "root" | "linux">,
  { bundle, noPivot, rootPlace }: RootHost,
): RootSpec {
  return {
    path: root.path.startsWith("/") ? root.path : `${bundle}/${root.path}`,
    readonly: root.readonly ?? false,
    noPivot,
    place: rootPlace,
    ...PROPAGATION[linux?.rootfsPropagation ?? ""],
  };
}
