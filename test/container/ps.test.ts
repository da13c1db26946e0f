/** ps: the processes of a container, as the host knows them. */
import { test } from "tap";
import { runt } from "../support/command.ts";
import { container } from "../support/container.ts";
import { until } from "../support/host.ts";

const TWO = { process: { args: ["sh", "-c", "sleep 61 & exec sleep 60"] } };

test("ps --format json prints the pids", async (t) => {
  const subject = container(t, TWO);
  await subject.create();
  const { pid } = await subject.state();
  t.same(await subject.command("ps", ["--format", "json"]), { code: 0, stdout: `[${pid}]\n`, stderr: "" });
  await subject.start();
  await until("both are there", async () => {
    const pids: number[] = JSON.parse((await subject.command("ps", ["--format=json"])).stdout);
    return pids.length === 2 && pids.includes(pid);
  });
  await subject.kill("KILL");
  await until("it has stopped", async () => (await subject.state()).status === "stopped", 60);
  t.same(await subject.command("ps", ["-f", "json"]), { code: 0, stdout: "null\n", stderr: "" });
});

test("ps prints the lines of ps(1), with its options", async (t) => {
  const subject = container(t, TWO);
  await subject.create();
  const { pid } = await subject.state();
  await subject.start();
  await until("both are there", async () => (await subject.command("ps")).stdout.split("\n").length === 4);
  const { stdout } = await subject.command("ps");
  t.match(stdout, /^UID +PID +PPID +C +STIME +TTY +TIME +CMD\n/);
  t.match(stdout, new RegExp(`^root +${pid} .* sleep 60$`, "m"));
  t.match(stdout, /^root +\d+ .* sleep 61$/m);
  const own = await runt(["--root", subject.root, "ps", subject.id, "-A", "-o", "pid,args"]);
  t.same(
    own.stdout
      .split("\n")
      .slice(0, 2)
      .map((line) => line.trim()),
    ["PID COMMAND", `${pid} sleep 60`],
  );
});

test("ps says what it can't do", async (t) => {
  const subject = container(t, TWO);
  t.same(await subject.command("ps"), { code: 1, stdout: "", stderr: "container does not exist\n" });
  await subject.create();
  const ask = (...options: string[]) => runt(["--root", subject.root, "ps", subject.id, ...options]);
  t.match((await ask("-o", "args")).stderr, "no column PID");
  t.match((await ask("--no-such-option")).stderr, "ended with code 1");
  t.equal((await ask("--no-such-option")).code, 1);
});
