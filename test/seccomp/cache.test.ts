/** The filter cache in a state root of its own for each test. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Seccomp } from "../../lib/config/schema.ts";
import { pack, unpack } from "../../lib/seccomp/entry.ts";
import { scratch, uniqueName } from "../support/scratch.ts";
import { program } from "./compiler.ts";

const compiler = await program(new URL("cache-main.ts", import.meta.url));

const PROFILE: Seccomp = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["read"], action: "SCMP_ACT_ALLOW" }] };
/** `ret ALLOW`, which no profile of these tests makes: only a file of the cache can be where it comes from. */
const PLANTED = Buffer.from("06000000" + "0000ff7f", "hex");

function stateRoot(): string {
  const path = join(scratch, uniqueName());
  mkdirSync(path);
  return path;
}

function compile(root: string, profile: Seccomp = PROFILE): Buffer {
  const { stdout, stderr, status } = spawnSync(compiler, [JSON.stringify(profile), root]);
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

const directory = (root: string): string => join(root, ".seccomp:cache");

function file(root: string): string {
  const [name] = readdirSync(directory(root));
  return join(directory(root), name as string);
}

/** Puts another filter into the one file that there is. */
function plant(root: string): void {
  const entry = unpack(readFileSync(file(root)));
  if (entry) writeFileSync(file(root), pack({ ...entry, filter: PLANTED }));
}

test("a compiled filter is kept for its owner alone, and taken the next time", async (t) => {
  const root = stateRoot();
  const filter = compile(root);
  t.equal(statSync(directory(root)).mode & 0o777, 0o700);
  t.equal(statSync(file(root)).mode & 0o777, 0o600);
  t.ok(unpack(readFileSync(file(root)))?.filter.every((byte, index) => byte === filter[index]));
  plant(root);
  t.ok(compile(root).equals(PLANTED));
});

test("another profile has another filter", async (t) => {
  const root = stateRoot();
  const filter = compile(root);
  plant(root);
  const other = compile(root, { ...PROFILE, defaultErrnoRet: 13 });
  t.notOk(other.equals(PLANTED));
  t.notOk(other.equals(filter));
  t.equal(readdirSync(directory(root)).length, 2);
});

test("profiles that meet under one name have a file each", async (t) => {
  const root = stateRoot();
  compile(root);
  const [name] = readdirSync(directory(root)) as [string];
  const key = Buffer.from("another profile");
  writeFileSync(file(root), pack({ filter: PLANTED, key }));
  t.notOk(compile(root).equals(PLANTED));
  t.strictSame(readdirSync(directory(root)).sort(), [name, name.replace(/0$/, "1")]);
  compile(root);
  t.equal(readdirSync(directory(root)).length, 2, "and the second is found again");
});

const DAMAGE: Record<string, (content: Buffer) => Buffer> = {
  "is empty": () => Buffer.alloc(0),
  "is cut off": (content) => content.subarray(0, content.length - 8),
  "has zeros in it": (content) => content.fill(0, 24, 64),
};

for (const [name, damage] of Object.entries(DAMAGE)) {
  test(`a file that ${name} is made anew`, async (t) => {
    const root = stateRoot();
    const filter = compile(root);
    const whole = readFileSync(file(root));
    writeFileSync(file(root), damage(Buffer.from(whole)));
    t.ok(compile(root).equals(filter));
    t.ok(readFileSync(file(root)).equals(whole));
  });
}

const FOREIGN: Record<string, (path: string) => void> = {
  "that its group can write to": (path) => chmodSync(path, 0o770),
  "that others can read": (path) => chmodSync(path, 0o704),
  "that is a link": (path) => {
    renameSync(path, `${path}-elsewhere`);
    symlinkSync(`${path}-elsewhere`, path);
  },
};

for (const [name, change] of Object.entries(FOREIGN)) {
  test(`a directory ${name} is not used`, async (t) => {
    const root = stateRoot();
    const filter = compile(root);
    plant(root);
    change(directory(root));
    t.ok(compile(root).equals(filter));
  });
}

test("without a state root there is no cache, but a filter", async (t) => {
  const root = join(scratch, uniqueName());
  t.ok(compile(root).equals(compile(stateRoot())));
  t.notOk(existsSync(root));
});

test("the cache does not grow for ever", async (t) => {
  const root = stateRoot();
  compile(root);
  for (let index = 1; index < 64; index++) writeFileSync(join(directory(root), `old-${index}`), "");
  compile(root, { ...PROFILE, defaultErrnoRet: 2 });
  t.equal(readdirSync(directory(root)).length, 1);
});
