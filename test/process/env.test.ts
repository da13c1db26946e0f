/** config.md § Process, env: the program's environment is what config.json says, and HOME. */
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { PATH } from "../support/command.ts";
import { container, refused } from "../support/container.ts";

/** The environment of a program started with `process` laid over the base, in its own order. */
async function environment(t: Parameters<typeof container>[0], process: Config): Promise<string[]> {
  const subject = container(t, { process: { args: ["/bin/cat", "/proc/self/environ"], ...process } });
  const { code, stdout, stderr } = await subject.run([], { env: { PATH, SECRET: "of the caller", HOME: "/caller" } });
  t.equal(code, 0, stderr);
  return stdout.split("\0").slice(0, -1);
}

const HOMES: readonly { name: string; process: Config; home: string }[] = [
  { name: "root's from the container's passwd", process: { user: { uid: 0, gid: 0 } }, home: "/root" },
  { name: "a user's from the container's passwd", process: { user: { uid: 1000, gid: 1000 } }, home: "/home" },
  { name: "/ for a user that passwd does not have", process: { user: { uid: 77, gid: 77 } }, home: "/" },
  {
    name: "the container's passwd's in place of an empty one",
    process: { env: [`PATH=${PATH}`, "HOME="] },
    home: "/root",
  },
  { name: "config.json's when it has one", process: { env: ["HOME=/srv", `PATH=${PATH}`] }, home: "/srv" },
];

for (const { name, process, home } of HOMES) {
  test(`HOME is ${name}`, async (t) => {
    const found = (await environment(t, process)).filter((entry) => entry.startsWith("HOME="));
    t.same(found, [`HOME=${home}`]);
  });
}

test("env is config.json's, nothing of the caller's, in its order", async (t) => {
  const env = [
    "Z=1",
    "A=equals=in=it",
    "EMPTY=",
    "SPACES= a  b ",
    "NEWLINE=a\nb",
    "UTF=é€😀",
    "HOME=/root",
    "lower_1=x",
    `LONG=${"x".repeat(100_000)}`,
    "PATH=/nowhere",
  ];
  t.same(await environment(t, { env }), env);
});

test("of two values of a variable the program gets the last, where the first one stood", async (t) => {
  const env = ["A=1", "B=1", "A=2", "HOME=/srv", "A=3", "HOME=/mnt"];
  t.same(await environment(t, { env }), ["A=3", "B=1", "HOME=/mnt"]);
});

test("a thousand variables arrive", async (t) => {
  const env = Array.from({ length: 1000 }, (_, index) => `NAME_${index}=${index}`);
  t.same(await environment(t, { env: [...env, "HOME=/"] }), [...env, "HOME=/"]);
});

test("an entry that no environment can hold is refused", async (t) => {
  t.match(await refused(t, { process: { env: ["A=b\0c"] } }), /env/);
});
