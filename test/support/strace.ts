/** Commands at whose system calls strace(1) lets something go wrong: it lists the calls of an undisturbed command first. */
import { join } from "node:path";
import type { Test } from "tap";
import { type Config, MOUNTS, NAMESPACES } from "./bundle.ts";
import type { Result } from "./command.ts";
import { type Container, container } from "./container.ts";
import { read } from "./host.ts";

export const small: Config = { process: { args: ["sleep", "60"] }, mounts: MOUNTS.slice(0, 3) };

const IDS = [{ containerID: 0, hostID: 100_000, size: 1000 }];

/** The same with a user namespace. */
const mapped: Config = {
  ...small,
  linux: { namespaces: [...NAMESPACES, { type: "user" }], uidMappings: IDS, gidMappings: IDS },
};

/** The n-th call of that name that a process makes: so strace counts them. */
export interface Call {
  readonly name: string;
  readonly n: number;
}

export type Command = (it: Container, launcher: readonly string[]) => Promise<Result>;

/**
 * strace, of the command and, when asked, its children: for as long as they live, and so in the background, or else until the last has ended.
 * It prints the calls into `output`.
 */
export const strace = (output: string, children: boolean | "all end", ...options: string[]): string[] => {
  return [
    "strace",
    ...(children ? ["-f"] : []),
    ...(children === true ? ["-D"] : []),
    "-qqq",
    "-o",
    output,
    "-e",
    "signal=none",
    "-e",
    "trace=all",
    ...options,
  ];
};

/** Every call that the command makes when nothing disturbs it. */
export async function callsOf(
  t: Test,
  command: Command,
  prepare: (it: Container) => Promise<unknown>,
  children: boolean,
  change: Config = small,
) {
  const subject = container(t, change);
  await prepare(subject);
  const output = join(subject.directory, "strace");
  const { code, stderr } = await command(subject, strace(output, children));
  t.equal(code, 0, stderr);
  await subject.delete("--force");
  // A strace in the background ends with the last of the processes.
  await subject.remains();
  const counts = new Map<string, number>();
  const calls = new Map<string, Call>();
  for (const [, pid, name] of read(output).matchAll(/^(\d+ +)?(\w+)\(/gm)) {
    const n = (counts.get(`${pid} ${name}`) ?? 0) + 1;
    counts.set(`${pid} ${name}`, n);
    calls.set(`${name} ${n}`, { name: String(name), n });
  }
  await subject.discard();
  return [...calls.values()];
}

/** Ends what the disturbed command has left. The test fails if delete --force cannot. */
export async function cleanedUp(t: Test, subject: Container, disturbed: string): Promise<void> {
  const { code, stderr } = await subject.delete("--force");
  if (code !== 0) t.fail(`${disturbed}: delete --force answers ${code}`, { stderr });
  const remains = await subject.remains();
  if (remains.length > 0) t.same(remains, [], disturbed);
  await subject.discard();
}

const nothing = async () => undefined;

export async function started(it: Container): Promise<void> {
  await it.create();
  await it.start();
}

export interface Disturbed {
  /** The container's config. */
  readonly change?: Config;
  readonly prepare: (it: Container) => Promise<unknown>;
  readonly command: Command;
}

export const COMMANDS: Readonly<Record<string, Disturbed>> = {
  create: { prepare: nothing, command: (it, launcher) => it.create([], { launcher }) },
  "create with a user namespace": {
    change: mapped,
    prepare: nothing,
    command: (it, launcher) => it.create([], { launcher }),
  },
  start: { prepare: (it) => it.create(), command: (it, launcher) => it.start({ launcher }) },
  kill: { prepare: (it) => it.create(), command: (it, launcher) => it.command("kill", [], { launcher }) },
  "run --detach": { prepare: nothing, command: (it, launcher) => it.run(["--detach"], { launcher }) },
  "delete --force": {
    prepare: started,
    command: (it, launcher) => it.command("delete", ["--force"], { launcher }),
  },
};
