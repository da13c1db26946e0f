/**
 * Commands that are killed, or whose system calls fail, at every point there is: strace(1) does either at the n-th
 * call, for every n until the command gets through. Whatever has been made by then, delete --force removes it.
 */
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import type { Result } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { until } from "../support/host.ts";

const small = { process: { args: ["sleep", "60"] }, mounts: MOUNTS.slice(0, 3) };

/** More calls than any command makes. */
const MANY = 3000;

/** strace that injects `fault` at the n-th call of every process of the command; `follow`: of its children, too. */
const strace = (fault: string, follow: boolean) => [
  "strace",
  ...(follow ? ["-f"] : []),
  "-qqq",
  "-o",
  "/dev/null",
  "-e",
  "trace=all",
  "-e",
  fault,
];

/**
 * Calls `attempt` for n = 1, 2, … with steps that grow, until it says that the command got through untouched.
 * Every point is visited when RUNT_TEST_EVERY is set: it takes minutes.
 */
async function everywhere(attempt: (n: number) => Promise<boolean>): Promise<number> {
  const step = (n: number) => (process.env.RUNT_TEST_EVERY ? 1 : 1 + Math.floor(n / 12));
  let points = 0;
  for (let n = 1; n < MANY; n += step(n)) {
    points++;
    if (await attempt(n)) return points;
  }
  throw new Error("the command never got through");
}

/** The command killed at the n-th call; `prepare` brings the container to where the command can run. */
function killedAt(
  t: Parameters<typeof container>[0],
  command: (it: Container, launcher: string[]) => Promise<Result>,
  prepare: (it: Container) => Promise<unknown>,
) {
  return async (n: number): Promise<boolean> => {
    const subject = container(t, small);
    await prepare(subject);
    const { code } = await command(subject, strace(`inject=all:signal=KILL:when=${n}`, false));
    const { code: deleted, stderr } = await subject.delete("--force");
    if (deleted !== 0) t.fail(`killed at call ${n}: delete --force answers ${deleted}`, { stderr });
    const remains = await subject.remains();
    if (remains.length > 0) t.same(remains, [], `killed at call ${n}`);
    await subject.discard();
    return code === 0;
  };
}

const KILLED = {
  create: {
    prepare: async () => undefined,
    command: (it: Container, launcher: string[]) => it.create([], { launcher }),
  },
  start: {
    prepare: (it: Container) => it.create(),
    command: (it: Container, launcher: string[]) => it.start({ launcher }),
  },
  kill: {
    prepare: (it: Container) => it.create(),
    command: (it: Container, launcher: string[]) => it.command("kill", [], { launcher }),
  },
  "run --detach": {
    prepare: async () => undefined,
    command: (it: Container, launcher: string[]) => it.run(["--detach"], { launcher }),
  },
  "delete --force": {
    prepare: async (it: Container) => {
      await it.create();
      await it.start();
    },
    command: (it: Container, launcher: string[]) => it.command("delete", ["--force"], { launcher }),
  },
} as const;

for (const [name, { command, prepare }] of Object.entries(KILLED)) {
  test(`${name} killed at any of its system calls: delete --force removes what there is`, {
    timeout: 600_000,
  }, async (t) => {
    const points = await everywhere(killedAt(t, command, prepare));
    t.ok(points > 5, `killed at ${points} points`);
  });
}

test("create killed after any time: delete --force removes what there is", async (t) => {
  for (let delay = 0; delay < 60; delay++) {
    const subject = container(t, small);
    // In steps of a sixth of a millisecond: finer than the runtime's own steps are long.
    const killer = ["sh", "-c", '"$@" & sleep 0.000$DELAY; kill -9 $!; wait $! 2>/dev/null', "sh"];
    const env = { PATH: "/usr/bin:/bin", DELAY: String(delay * 15).padStart(3, "0") };
    await subject.create([], { launcher: killer, env });
    t.equal((await subject.delete("--force")).code, 0);
    t.same(await subject.remains(), []);
    await subject.discard();
  }
});

/** Calls that clean up: when these fail, something may well stay until delete --force. */
const FAULTS = ["ENOMEM", "EPERM"] as const;

for (const error of FAULTS) {
  test(`create with ${error} from any of its system calls: an error that names it, or a whole container`, {
    timeout: 600_000,
  }, async (t) => {
    const points = await everywhere(async (n) => {
      const subject = container(t, small);
      const { code, stderr } = await subject.create([], {
        launcher: strace(`inject=!execve,execveat,exit,exit_group:error=${error}:when=${n}`, true),
      });
      if (code === 0)
        await until(
          `call ${n} failed: it is created all the same`,
          async () => (await subject.state()).status !== "creating",
        );
      else if (stderr.trim() === "") t.fail(`call ${n} failed: no error is told`);
      const { code: deleted, stderr: why } = await subject.delete("--force");
      if (deleted !== 0) t.fail(`call ${n} failed: delete --force answers ${deleted}`, { why });
      const remains = await subject.remains();
      if (remains.length > 0) t.same(remains, [], `call ${n} failed`);
      await subject.discard();
      return code === 0 && n > 600;
    });
    t.ok(points > 5, `failed at ${points} points`);
  });
}
