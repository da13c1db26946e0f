/** All commands at the same time, some of them killed: each succeeds, or says in its words why it can't, and nothing is left. */
import { join } from "node:path";
import { test } from "tap";
import { runt } from "../support/command.ts";
import { type Container, container, list } from "../support/container.ts";

const WORKERS = 4;
const COMMANDS_EACH = 80;
/** Of so many commands one is killed in the middle. */
const KILLED = 12;

const MAKES = ["create", "run", "run --detach"];
const OTHERS =
  "start, kill KILL, kill --all TERM, delete, delete --force, delete --force, state, pause, resume, ps, update, events, exec, exec --detach, list";

/** What a command may say that comes at a bad time. */
const EXPECTED = new RegExp(
  [
    "container (with given ID already exists|does not exist|not running|not paused)",
    "cannot (start|exec in|update) an? ",
    "cannot delete container \\S+ that is not stopped",
    "container with id \\S+ is not running",
    "the container's first process (was killed|ended)( by signal \\d+)? before",
    // An exec that has joined the old container's cgroup while the new one is made.
    "cgroup \\S+ is not empty",
    "the process (was killed by signal \\d+|ended) before it had executed the program",
  ].join("|"),
);

/** Numbers that are the same in every run. */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state >> 8;
  }
}

test("commands that cross each other", { timeout: 600_000 }, async (t) => {
  const root = join(container(t).directory, "shared");
  const program = { process: { args: ["sleep", "0.2"] } };
  const subjects = Array.from({ length: 3 }, () => container(t, program, root));
  const verbs = [...MAKES, ...OTHERS.split(", ")];

  async function work(worker: number): Promise<void> {
    const draw = draws(worker + 1);
    const pick = (size: number) => draw.next().value % size;
    for (let count = 0; count < COMMANDS_EACH; count++) {
      const subject = subjects[pick(subjects.length)] as Container;
      const words = verbs[pick(verbs.length)] as string;
      const launcher = pick(KILLED) === 0 ? ["timeout", "--signal=KILL", `0.0${10 + pick(30)}`] : [];
      const { code, stderr } = await runt(["--root", root, ...argumentsOf(words, subject)], { launcher });
      // 137: killed by us; or the program of a container that somebody has killed.
      const isFine = code === 0 || code === 137 || EXPECTED.test(stderr);
      if (!isFine) t.fail(`${words}: ${code}: ${stderr}`);
    }
    // Another worker may be with a container that was paused and that nobody will resume.
    for (const { id } of subjects) await runt(["--root", root, "delete", "--force", id]);
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

  for (const subject of subjects) {
    const { code, stderr } = await subject.delete("--force");
    t.equal(code, 0, stderr);
    t.same(await subject.remains(), []);
  }
  t.same(
    list(root).filter((name) => !name.startsWith(".")),
    [],
  );
});

/** The command line of `words`. */
function argumentsOf(words: string, { id, bundle }: Container): string[] {
  const [verb = "", ...rest] = words.split(" ");
  if (MAKES.includes(words)) return [verb, ...rest, "--bundle", bundle, id];
  if (verb === "list") return [verb];
  if (verb === "kill") return [verb, ...rest.slice(0, -1), id, ...rest.slice(-1)];
  if (verb === "exec") return [verb, ...rest, id, "true"];
  if (verb === "update") return [verb, "--pids-limit", "50", id];
  if (verb === "events") return [verb, "--stats", id];
  return [verb, ...rest, id];
}
