/** A session keyring of the container's own, keyrings(7): without it the container would hold the caller's keys. */
import { E } from "../linux/errno.ts";
import { KEY_PERM, KEY_SPEC, KEYCTL } from "../linux/keyctl.ts";
import { call, type Step } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { LabelsSpec } from "../spec/labels.ts";
import { labelKeys } from "./labels.ts";

/** Kernels without keyrings, and filters of an outer container, answer with one of these; there is then nothing to share. */
const NO_KEYRINGS = [E.ENOSYS, E.EPERM];

/** What a keyring depends on. */
type Keyed = Pick<ContainerSpec, "id" | "newKeyring"> & { readonly process: LabelsSpec | undefined };

/** Joins the keyring `_ses.ID`, which all of the container's processes may search. */
export function joinSessionKeyring({ id, newKeyring, process }: Keyed): readonly Step[] {
  if (!newKeyring) return [];
  const { KEY_USR_VIEW, KEY_USR_READ, KEY_USR_SEARCH, KEY_USR_LINK } = KEY_PERM;
  const possessor = 0x3f000000;
  const rights = possessor | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH | KEY_USR_LINK;
  return labelKeys(process?.selinuxLabel, [
    call("join a session keyring", "keyctl", [KEYCTL.JOIN_SESSION_KEYRING, `_ses.${id}`], {
      tolerate: [...NO_KEYRINGS, E.EDQUOT],
    }),
    call("let the container search its keyring", "keyctl", [KEYCTL.SETPERM, KEY_SPEC.SESSION_KEYRING, rights], {
      tolerate: [...NO_KEYRINGS, E.ENOKEY, E.EACCES, E.EKEYREVOKED, E.EKEYEXPIRED],
    }),
  ]);
}
