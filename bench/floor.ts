/**
 * What runt can't be faster than: the system calls of a container's init program without runt. Its steps are data, so those
 * that talk with runt are taken out here, and what is left is compiled to an executable of its own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../lib/config/schema.ts";
import { createSequence } from "../lib/init/create-sequence.ts";
import { descriptors, type Handles } from "../lib/init/handles.ts";
import { compile } from "../lib/program/compile.ts";
import { REPORT, type Step } from "../lib/program/step.ts";
import { containerSpec } from "../lib/spec/container.ts";
import type { Container } from "./runtimes.ts";

/** Whether it can be had: the sources say what is so on x86-64, and a build for another machine replaces that. */
export const HAS_FLOOR = process.arch === "x64";

/** Descriptors that nothing else has: they tell which steps use them. */
const HANDLES: Handles = {
  report: 1001,
  sync: 1002,
  rest: 1004,
  start: 1003,
  console: undefined,
  hookState: undefined,
  hookOutput: undefined,
  idMaps: [],
  cgroup: { tasks: [], memory: undefined, directory: undefined },
};

export function floorPath({ bundle }: Container): string {
  return join(bundle, "floor");
}

/** Writes the executable for a container. It ends at once, and leaves init to its parent as another child. */
export function writeFloor(container: Container): void {
  const { id, bundle } = container;
  const config: Config = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
  const spec = containerSpec(config, {
    id,
    bundle,
    noPivot: false,
    rootPlace: undefined,
    newKeyring: true,
    preserveFds: 0,
    listenFds: 0,
    listenNames: undefined,
    seccomp: undefined,
    notifyDirectory: undefined,
    lsm: { apparmor: () => false, selinux: () => false },
    cgroups: undefined,
    capable: () => true,
    permitted: () => [~0, ~0] as const,
    rootless: () => false,
    isDirectory: () => false,
    readLink: () => undefined,
    filesystemName: () => "",
    isReadonly: () => false,
    filesystemType: () => 0,
    contents: () => [],
    place: (_root, destination) => destination,
    homeOf: () => "/",
    warn: () => {},
  });
  const { first, rest } = createSequence(spec, HANDLES);
  const steps = withoutTalk(first.map((step) => (step.op === "clone" ? { ...step, child: rest() } : step)));
  const { elf } = compile(steps, "x86-64", (text) => new TextEncoder().encode(text));
  writeFileSync(floorPath(container), elf, { mode: 0o700 });
}

/** Leaves out what talks with runt, and what judges an answer. */
function withoutTalk(steps: readonly Step[]): Step[] {
  const answers = new Set<unknown>([REPORT]);
  return steps.flatMap((step): Step[] => {
    if (step.op === "clone") return [{ ...step, child: withoutTalk(step.child), parent: withoutTalk(step.parent) }];
    if (step.op === "when") return answers.has(step.value) ? [] : [step];
    if (step.op !== "call") return [step];
    const talks = answers.has(step.result) || descriptors(HANDLES).some((fd) => step.args[0] === fd);
    if (talks && step.result !== undefined) answers.add(step.result);
    return talks ? [] : [step];
  });
}
