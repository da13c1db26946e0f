import { test } from "tap";
import { parseConfig } from "../../lib/config/load.ts";
import { parseProcess } from "../../lib/config/load-process.ts";
import { changed, engineConfigs, FULL, faultsOf } from "./support.ts";

const ENGINES = engineConfigs();
const isProcess = (name: string): boolean => name.includes("process");

test("what engines write is taken", { skip: ENGINES.length === 0 && "no folder of engines' configs" }, (t) => {
  for (const { name, text } of ENGINES) {
    t.strictSame(faultsOf(isProcess(name) ? parseProcess : parseConfig, text), [], name);
  }
  t.end();
});

test("the config comes out as it stands in the text", (t) => {
  t.strictSame(parseConfig(JSON.stringify(FULL), "config.json"), FULL);
  for (const { name, text } of ENGINES.filter((config) => !isProcess(config.name))) {
    t.strictSame(parseConfig(text, name), JSON.parse(text), name);
  }
  t.end();
});

test("a property that is null counts as absent", (t) => {
  const text = JSON.stringify({ ...FULL, hooks: null, linux: { ...FULL.linux, devices: null, seccomp: null } });
  const { linux, ...config } = parseConfig(text, "config.json");
  t.notOk("hooks" in config || "devices" in (linux ?? {}) || "seccomp" in (linux ?? {}));
  t.strictSame(linux?.namespaces, FULL.linux.namespaces);
  t.end();
});

test("null is no good where something must be, nor in a list", (t) => {
  const take = (document: object): string[] => faultsOf(parseConfig, JSON.stringify(document));
  t.strictSame(take({ ...FULL, root: null }), ["/root must be an object: it is null"]);
  t.strictSame(take(changed(FULL, "/process/args/0", null)), ["/process/args/0 must be a string: it is null"]);
  t.strictSame(faultsOf(parseConfig, "null"), [" must be an object: it is null"]);
  t.end();
});

test("integers that a double cannot hold are exact in limits and seccomp arguments", (t) => {
  const largest = "18446744073709551615";
  const text = JSON.stringify(FULL)
    .replace('"soft":1024,"hard":4096', `"soft":1024,"hard":${largest}`)
    .replace('"value":61440,"valueTwo":8192', `"value":${largest},"valueTwo":18446744073709551602`);
  const { process, linux } = parseConfig(text, "config.json");
  t.strictSame(process?.rlimits, [{ type: "RLIMIT_NOFILE", soft: 1024, hard: BigInt(largest) }]);
  const [argument] = linux?.seccomp?.syscalls?.[0]?.args ?? [];
  t.strictSame(argument, {
    index: 1,
    value: BigInt(largest),
    valueTwo: 18446744073709551602n,
    op: "SCMP_CMP_MASKED_EQ",
  });
  t.end();
});

test("NUL is refused where the kernel would stop reading, and let be elsewhere", (t) => {
  const nul = (pointer: string): string[] => faultsOf(parseConfig, JSON.stringify(changed(FULL, pointer, "/a\0b")));
  t.strictSame(nul("/mounts/0/source"), ['/mounts/0/source must hold no NUL: it is "/a\\u0000b"']);
  t.strictSame(nul("/process/cwd"), ['/process/cwd must hold no NUL: it is "/a\\u0000b"']);
  t.strictSame(nul("/annotations/com.example.key"), []);
  t.strictSame(faultsOf(parseConfig, JSON.stringify(changed(FULL, "/process/args/0", "\\u0000"))), []);
  t.end();
});

test("an error names the file", (t) => {
  t.throws(() => parseConfig("{}", "bundle/config.json"), {
    message:
      "bundle/config.json:1:1: /ociVersion must be a string: it is missing\n" +
      "bundle/config.json:1:1: /root must be an object: it is missing",
  });
  t.end();
});
