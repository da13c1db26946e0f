/** Symlinks that the runtime makes in the container's file system. */
import { E } from "../linux/errno.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { SymlinkSpec } from "../spec/mount-spec.ts";
import { directoryOf, lastName } from "../spec/paths.ts";
import { HOW, openTarget } from "./targets.ts";

/** A copy of a host's symlink; the same one may be there already, from an earlier start with the same root. */
export function copySymlinkSteps({ destination, target }: SymlinkSpec, directory: Slot): Step[] {
  const doing = `make ${destination} a symlink to ${target}`;
  const name = lastName(destination);
  return [
    openTarget(doing, directoryOf(destination), directory, { how: HOW.directory }),
    {
      op: "attempt",
      steps: [call(doing, "symlinkat", [target, directory, name])],
      on: [E.EEXIST],
      otherwise: verifySymlink(doing, directory, name, target),
    },
    call(doing, "close", [directory]),
  ];
}

/** Fails unless `name` is a symlink to `target`, compared by four bytes at a time. */
function verifySymlink(doing: string, directory: Slot, name: string, target: string): Step[] {
  const bytes = encodeURIComponent(target).replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  // With room for one more byte, so that a longer target shows; what is not written stays 0.
  const found = buffer("symlink", ((bytes.length >> 2) + 1) * 4);
  const length = slot("length");
  const differs: Step = { op: "fail", doing: `${doing}: there is something else`, errno: E.EEXIST };
  const steps: Step[] = [
    call(doing, "readlinkat", [directory, name, found, found.size], { result: length }),
    { op: "when", value: length, equals: bytes.length, then: [], otherwise: [differs] },
  ];
  for (let offset = 0; offset < bytes.length; offset += 4) {
    let equals = 0;
    for (let i = 3; i >= 0; i--) equals = equals * 256 + (bytes.charCodeAt(offset + i) || 0);
    steps.push({ op: "when", value: at(found, offset), equals, then: [], otherwise: [differs] });
  }
  return steps;
}
