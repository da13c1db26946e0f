/** Sockets that are no bus: each is an error in time. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type Test, test } from "tap";
import { program } from "../seccomp/compiler.ts";
import { read, until } from "../support/host.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

const bus = await program(new URL("bus-main.ts", import.meta.url));

/** What the attempt to talk to `path` says. */
function talk(path: string, timeout: number): Promise<string> {
  const child = spawn(bus, [`unix:path=${path}`, String(timeout)], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve(`${code}: ${stderr}`)));
}

/** A socket at which `serve` answers. */
function socket(t: Test, serve: (client: Socket) => void): Promise<string> {
  const folder = join(scratch, uniqueName());
  mkdirSync(folder);
  const path = join(folder, "bus");
  const server = createServer((client) => {
    client.on("error", () => {});
    serve(client);
    t.teardown(() => client.destroy());
  });
  t.teardown(() => server.close());
  return new Promise((resolve) => server.listen(path, () => resolve(path)));
}

/** The end of the introduction, as a bus that takes everybody says it. */
const OK = `OK ${"0".repeat(32)}\r\n`;

/** How long answers are waited for where none comes, and where there may be one as soon as this process gets to it. */
const SHORT = 300;
const LONG = 30_000;

const SERVERS: readonly { name: string; serve: (client: Socket) => void; says: RegExp; timeout?: number }[] = [
  { name: "accepts and says nothing", serve: () => {}, says: /^1: no answer within 0.3 s$/ },
  {
    name: "lets everybody in and answers no call",
    serve: (client) => client.on("data", (data) => String(data).includes("AUTH") && client.write(OK)),
    says: /^1: no answer within 0.3 s$/,
  },
  {
    name: "closes the connection",
    serve: (client) => client.end(),
    says: /^1: the bus closed the connection$/,
    timeout: LONG,
  },
  {
    name: "turns everybody away",
    serve: (client) => client.on("data", () => client.end("REJECTED\r\n")),
    says: /^1: the bus closed the connection$/,
    timeout: LONG,
  },
];

for (const { name, serve, says, timeout = SHORT } of SERVERS) {
  test(`a bus that ${name}`, async (t) => t.match(await talk(await socket(t, serve), timeout), says));
}

test("a bus that accepts no one", async (t) => {
  const path = join(scratch, uniqueName());
  const script = `require("net").createServer().listen({ path: "${path}", backlog: 1 }, () => console.log("ready"))`;
  const server = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => server.kill("SIGKILL"));
  await new Promise((resolve) => server.stdout.once("data", resolve));
  server.kill("SIGSTOP");
  // Until then it goes on to accept.
  await until("it is stopped", () => /^State:\s+T/m.test(read(`/proc/${server.pid}/status`)));
  // Those who come first fill its queue, until there is no place.
  for (let isFull = false; !isFull; ) {
    const early = connect(path);
    t.teardown(() => early.destroy());
    isFull = await new Promise((resolve) =>
      early.once("connect", () => resolve(false)).once("error", () => resolve(true)),
    );
  }
  t.match(await talk(path, SHORT), /^1: Failed to connect to socket .*: (Operation|Connection) timed out/);
});

test("no bus at all", async (t) => {
  t.match(
    await talk("/no/such/bus", LONG),
    /^1: Failed to connect to socket \/no\/such\/bus: No such file or directory/,
  );
});
