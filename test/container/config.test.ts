/** config.json as a whole: what is refused whatever it is about, what is passed over, and how an error is told. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { run } from "../support/command.ts";
import { container, refused } from "../support/container.ts";

const REFUSED: readonly { name: string; change: object; says: RegExp }[] = [
  { name: "no ociVersion", change: { ociVersion: undefined }, says: /ociVersion/ },
  { name: "an ociVersion that is none", change: { ociVersion: "one" }, says: /ociVersion|one/ },
  { name: "a major version to come", change: { ociVersion: "2.0.0" }, says: /ociVersion|2\.0\.0/ },
  { name: "no args", change: { process: { args: undefined } }, says: /args/ },
  { name: "empty args", change: { process: { args: [] } }, says: /args/ },
  { name: "args that are no texts", change: { process: { args: [1] } }, says: /args/ },
  { name: "an empty key in annotations", change: { annotations: { "": "x" } }, says: /annotations/ },
  { name: "an annotation that is no text", change: { annotations: { key: 1 } }, says: /annotations/ },
  { name: "a number for a text", change: { hostname: 7 }, says: /hostname/ },
  { name: "a text for a list", change: { mounts: "all" }, says: /mounts/ },
  { name: "a text for a flag", change: { root: { readonly: "yes" } }, says: /readonly/ },
];

for (const { name, change, says } of REFUSED) {
  test(`config.json is refused: ${name}`, async (t) => {
    t.match(await refused(t, { ...change }), says);
  });
}

const TEXTS: readonly { name: string; text: string }[] = [
  { name: "an empty file", text: "" },
  { name: "no JSON", text: "ociVersion: 1.0.2" },
  { name: "JSON that is cut off", text: '{"ociVersion": "1.0.2", "root": {' },
  { name: "JSON with more behind it", text: '{"ociVersion": "1.0.2"} {}' },
  { name: "a list", text: "[]" },
  { name: "null", text: "null" },
  { name: "a deep nest", text: `${"[".repeat(100_000)}${"]".repeat(100_000)}` },
];

for (const { name, text } of TEXTS) {
  test(`config.json is refused: ${name}`, async (t) => {
    const subject = container(t);
    writeFileSync(join(subject.bundle, "config.json"), text);
    const { code, stderr } = await subject.create();
    t.equal(code, 1);
    t.match(stderr, /config\.json/);
    t.notMatch(stderr, /internal error/);
    t.same(await subject.remains(), []);
  });
}

/** Files that have no end, or one only when somebody writes it. */
const ENDLESS: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  "a FIFO that nobody writes to": (path) => run(["mkfifo", path]),
  "a symlink to a device": (path) => run(["ln", "-s", "/dev/zero", path]),
  "a directory": (path) => run(["mkdir", path]),
};

for (const [name, make] of Object.entries(ENDLESS)) {
  test(`config.json is refused: ${name}`, async (t) => {
    const subject = container(t);
    rmSync(join(subject.bundle, "config.json"));
    await make(join(subject.bundle, "config.json"));
    for (const command of ["create", "run"]) {
      const { code, stderr } = await subject.command(command, ["--bundle", subject.bundle]);
      t.equal(code, 1);
      t.match(stderr, /read "config\.json" of the bundle: it is no regular file/);
    }
    t.same(await subject.remains(), []);
  });
}

test("a config.json that is a symlink to a file is read", async (t) => {
  const subject = container(t, { process: { args: ["echo", "runs"] } });
  const path = join(subject.bundle, "config.json");
  await run(["mv", path, join(subject.directory, "elsewhere.json")]);
  await run(["ln", "-s", "../elsewhere.json", path]);
  t.equal((await subject.run()).stdout, "runs\n");
});

test("properties that nobody knows are passed over", async (t) => {
  const unknown = { "org.example": { a: [1, 2, { b: null }] } };
  const subject = container(t, {
    ...unknown,
    process: { ...unknown, args: ["echo", "runs"] },
    linux: unknown,
    windows: {},
    solaris: {},
    annotations: { "org.example.unknown": "x" },
  });
  t.equal((await subject.run()).stdout, "runs\n");
});

test("every version of the specification from 1.0.0 on is taken", async (t) => {
  for (const ociVersion of ["1.0.0", "1.0.2", "1.0.2-dev", "1.1.0", "1.2.1", "1.3.0", "1.9.0"]) {
    t.equal(
      (await container(t, { ociVersion, process: { args: ["echo", "runs"] } }).run()).stdout,
      "runs\n",
      ociVersion,
    );
  }
});

test("a config.json of many megabytes is read", async (t) => {
  const subject = container(t, { process: { args: ["echo", "runs"] }, annotations: { long: "x".repeat(4_000_000) } });
  t.equal((await subject.run()).stdout, "runs\n");
});

test("an error is one line that says what was done, on what, and why", async (t) => {
  const message = await refused(t, { mounts: [{ destination: "/tmp", source: "/no/such/folder", options: ["bind"] }] });
  t.equal(message.trim().split("\n").length, 1);
  t.match(message, "/no/such/folder");
  t.match(message, /no such file or directory/);
});
