/** What is measured: a row is a sequence of commands in which every runtime has its turn, its lines are what a table shows. */
import { floorPath, HAS_FLOOR } from "./floor.ts";
import {
  measured,
  measuredToTheEnd,
  type Name,
  type Operation,
  pause,
  read,
  reap,
  type Sample,
  unmeasured,
} from "./plan.ts";
import {
  type Container,
  CROWD,
  create,
  exec,
  type Kind,
  kill,
  type Runtime,
  remove,
  removeByForce,
  run,
  start,
  state,
} from "./runtimes.ts";

/** One line of a table: the sum of samples of a row, by their names. */
export interface Line {
  readonly title: string;
  readonly of: readonly string[];
  readonly measure: keyof Sample;
}

export interface Row {
  /** As --only takes it. */
  readonly name: string;
  /** How many rounds it gets of those that are asked for: between 0 and 1. */
  readonly share: number;
  readonly turn: (runtime: Runtime, name: Name) => readonly Operation[];
  /** Before the first round, and behind the last. */
  readonly before?: (runtime: Runtime) => readonly Operation[];
  readonly after?: (runtime: Runtime) => readonly Operation[];
  readonly lines: readonly Line[];
}

export interface Conditions {
  /** Milliseconds of rest before each turn of the rows that have one. */
  readonly rest: number;
  /** The file of a container's cgroup that tells how much memory is charged to it; null when nobody counts. */
  readonly chargedFile: ((id: string) => string) | null;
}

export function rows({ rest, chargedFile }: Conditions): Row[] {
  const rested = `after ${rest} ms of rest`;
  return [
    runRow("run", "`run`", "filtered", 0, [processorTime("`run`"), peak("run")]),
    runRow("run-rested", `\`run\`, ${rested}`, "filtered", rest),
    runRow("run-plain", "`run`, no seccomp", "plain", 0, [processorTime("`run`, no seccomp")]),
    runRow("run-plain-rested", `\`run\`, no seccomp, ${rested}`, "plain", rest),
    lifecycleRow("lifecycle", "", "filtered", 0, chargedFile),
    lifecycleRow("lifecycle-rested", `, ${rested}`, "filtered", rest, null),
    lifecycleRow("lifecycle-plain", ", no seccomp", "plain", 0, null),
    runRow("userns", "`run` with a user namespace", "mapped", 0, [processorTime("`run` with a user namespace")]),
    runRow("userns-plain", "`run` with a user namespace, no seccomp", "mapped-plain", 0, [
      processorTime("`run` with a user namespace, no seccomp"),
    ]),
    lifecycleRow("userns-lifecycle", " with a user namespace", "mapped", 0, null),
    lifecycleRow("userns-lifecycle-plain", " with a user namespace, no seccomp", "mapped-plain", 0, null),
    ...(HAS_FLOOR ? [FLOOR] : []),
    commandRow("state", state),
    // A PID 1 without a handler does not get it: the container lives on.
    commandRow("kill", (runtime, container) => kill(runtime, container, "TERM")),
    commandRow("exec", (runtime, container) => exec(runtime, container)),
    commandRow("exec-plain", (runtime, container) => exec(runtime, container), "waiting-plain"),
    {
      name: "crowd",
      share: 0.2,
      turn: (runtime, name) => {
        const commands = Array.from({ length: CROWD }, (_, n) => run(runtime, runtime.container("filtered", n)));
        return measured(name("crowd"), ...commands);
      },
      lines: [{ title: `${CROWD} × \`run\` at once`, of: ["crowd"], measure: "wall" }],
    },
  ];
}

function runRow(name: string, title: string, kind: Kind, rest: number, more: readonly Line[] = []): Row {
  return {
    name,
    share: 1,
    turn: (runtime, sample) => [...resting(rest), ...measured(sample("run"), run(runtime, runtime.container(kind)))],
    lines: [{ title, of: ["run"], measure: "wall" }, ...more],
  };
}

function lifecycleRow(
  name: string,
  suffix: string,
  kind: Kind,
  rest: number,
  chargedFile: Conditions["chargedFile"],
): Row {
  const verbs = ["create", "start", "delete"];
  return {
    name,
    share: 1,
    turn: (runtime, sample) => {
      const container = runtime.container(kind);
      return [
        ...resting(rest),
        ...measured(sample("create"), create(runtime, container)),
        ...(chargedFile === null ? [] : [read(sample("charged"), chargedFile(container.id))]),
        ...measured(sample("start"), start(runtime, container)),
        reap(container.pidFile),
        ...measured(sample("delete"), remove(runtime, container)),
      ];
    },
    lines: [
      { title: `\`create\` + \`start\` + \`delete\`${suffix}`, of: verbs, measure: "wall" },
      ...verbs.map((verb): Line => ({ title: `\`${verb}\`${suffix}`, of: [verb], measure: "wall" })),
      ...(kind === "filtered" && rest === 0 ? verbs.map(peak) : []),
      ...(chargedFile === null ? [] : [CHARGED]),
    ],
  };
}

const CHARGED: Line = { title: "charged to the cgroup of a created container", of: ["charged"], measure: "number" };

/** It has no cgroup, no filter and no runtime: the kernel's own time, as far as runt's way of asking goes. */
const FLOOR: Row = {
  name: "floor",
  share: 1,
  turn: (runtime, name) =>
    runtime.name === "runt" ? measuredToTheEnd(name("floor"), [floorPath(runtime.container("plain"))]) : [],
  lines: [{ title: "the init program of `run` alone: no cgroup, no seccomp", of: ["floor"], measure: "wall" }],
};

/** A command to a container that runs all the time. */
function commandRow(
  verb: string,
  command: (runtime: Runtime, container: Container) => string[],
  kind: Kind = "waiting",
): Row {
  return {
    name: verb,
    share: 1,
    before: (runtime) => {
      const container = runtime.container(kind);
      return [...unmeasured(create(runtime, container)), ...unmeasured(start(runtime, container))];
    },
    turn: (runtime, name) => measured(name(verb), command(runtime, runtime.container(kind))),
    after: (runtime) => {
      const container = runtime.container(kind);
      return [...unmeasured(removeByForce(runtime, container)), reap(container.pidFile)];
    },
    lines: [{ title: `\`${verb}\``, of: [verb], measure: "wall" }, peak(verb)],
  };
}

function resting(milliseconds: number): Operation[] {
  return milliseconds === 0 ? [] : [pause(milliseconds)];
}

/** It says more than the time that passed when others are at work on the machine. */
function processorTime(title: string): Line {
  return { title: `${title}: processor time`, of: ["run"], measure: "processor" };
}

function peak(verb: string): Line {
  return { title: `peak resident set of \`${verb}\``, of: [verb], measure: "peak" };
}
