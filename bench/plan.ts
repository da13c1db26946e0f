/** What the driver is told to do, and what it answers: driver.c has the words. */

/** One line of a plan. */
export type Operation = readonly string[];

/** What was measured in one round. */
export interface Sample {
  /** Nanoseconds from the start of the first command to the end of the last. */
  readonly wall: number;
  /** Nanoseconds of processor time of the commands and the children they waited for. */
  readonly processor: number;
  /** Bytes: the peak resident set of the largest process of the commands. */
  readonly peak: number;
  /** What a file held; all else is 0 then. */
  readonly number: number;
}

/** Name of a sample → name of the runtime → samples by round. */
export type Samples = Map<string, Map<string, Sample[]>>;

/** The name of a sample, as the plan has it: this runtime's, and none in the round that warms up. */
export type Name = (sample: string) => string;

/** Of a sample that is not kept. */
export const UNNAMED = "-";

/** Runs commands at once and measures them together. */
export function measured(name: string, ...commands: readonly (readonly string[])[]): Operation[] {
  return [...commands.map((command) => ["spawn", ...command]), ["join", name]];
}

/** Runs a command and measures until all its offspring has ended. */
export function measuredToTheEnd(name: string, command: readonly string[]): Operation[] {
  return [
    ["spawn", ...command],
    ["drain", name],
  ];
}

/** Runs a command. */
export function unmeasured(command: readonly string[]): Operation[] {
  return measured(UNNAMED, command);
}

/** Runs a command that may fail. */
export function attempted(command: readonly string[]): Operation[] {
  return [
    ["try", ...command],
    ["join", UNNAMED],
  ];
}

/** Waits for the end of the process whose id the file holds. */
export function reap(file: string): Operation {
  return ["reap", file];
}

/** Reads the number that the file holds. */
export function read(name: string, file: string): Operation {
  return ["read", name, file];
}

export function pause(milliseconds: number): Operation {
  return ["pause", String(milliseconds)];
}

/**
 * Rounds in which each of `subjects` has one turn, in an order drawn anew for each round: what a command leaves for the
 * kernel to tear down, the next one pays. The first round warms up and is not kept.
 */
export function inRounds<S extends { readonly name: string }>(
  subjects: readonly S[],
  rounds: number,
  turn: (subject: S, name: Name) => readonly Operation[],
): Operation[] {
  const plan: Operation[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const subject of shuffled(subjects)) {
      plan.push(...turn(subject, (sample) => (round === 0 ? UNNAMED : `${sample}:${subject.name}`)));
    }
  }
  return plan;
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** Reads what the driver wrote down. */
export function parseResults(text: string): Samples {
  const samples: Samples = new Map();
  for (const line of text.split("\n").filter((written) => written !== "")) {
    const [name = "", ...numbers] = line.split(" ");
    const [wall = 0, processor = 0, peak = 0, number = 0] = numbers.map(Number);
    const [label = "", subject = ""] = name.split(":");
    const bySubject = samples.get(label) ?? new Map<string, Sample[]>();
    const list = bySubject.get(subject) ?? [];
    list.push({ wall, processor: processor * 1000, peak: peak * 1024, number });
    samples.set(label, bySubject.set(subject, list));
  }
  return samples;
}
