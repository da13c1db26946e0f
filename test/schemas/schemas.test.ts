import { test } from "tap";
import { accepts as acceptsConfig } from "../../dist/generated/config.js";
import { accepts as acceptsProcess } from "../../dist/generated/process.js";
import { changed, engineConfigs, FULL, valuesOf } from "../config/support.ts";
import { NAMES, read, validator } from "./support.ts";

test("every file is a JSON Schema 2020-12 that ajv finds nothing odd about", (t) => {
  for (const name of NAMES) {
    t.doesNotThrow(() => validator(name), name);
    t.match(read(name), { $schema: "https://json-schema.org/draft/2020-12/schema", description: /\S/ });
  }
  t.end();
});

test("a config with every property is valid, and has every property that the schemas name", (t) => {
  const validate = validator("config");
  t.ok(validate(FULL), JSON.stringify(validate.errors));
  const used = new Set([...valuesOf(FULL)].map(({ pointer }) => pointer.split("/").at(-1)));
  const unused = ["config", "process", "linux", "resources", "seccomp", "defs"].flatMap((name) => {
    const properties = [...valuesOf(read(name))].filter(({ pointer }) => pointer.endsWith("/properties"));
    return properties.flatMap(({ value }) => Object.keys(value as object).filter((property) => !used.has(property)));
  });
  t.strictSame(unused, []);
  t.end();
});

test("the examples of the spec's own test-suite", (t) => {
  const config = validator("config");
  const minimal = { ociVersion: "1.0.0", root: { path: "rootfs" } };
  t.ok(config(minimal));
  t.ok(config({ ...minimal, process: { cwd: "/", args: ["sh"], user: { uid: 0, gid: 0 } } }));
  t.ok(config({ ...minimal, linux: { netDevices: { eth0: { name: "inside" }, ens4: {} } } }));
  t.notOk(config({ ...minimal, linux: { netDevices: { eth0: { name: 23 } } } }));
  t.notOk(config({ ...minimal, linux: { resources: { rdma: { mlx5_1: { hcaHandles: "no" } } } } }));
  t.notOk(config({ ...minimal, linux: { resources: { hugepageLimits: [{ limit: 1, pageSize: "64kB" }] } } }));
  t.end();
});

test("properties that nobody knows are let through, wherever they are", (t) => {
  const validate = validator("config");
  const refused: string[] = [];
  for (const { pointer, value } of valuesOf(FULL)) {
    if (typeof value !== "object" || Array.isArray(value)) continue;
    // The keys of these are names that somebody chose, not properties.
    if (/\/(annotations|timeOffsets|netDevices|rdma|unified|sysctl)$/.test(pointer)) continue;
    const copy = changed(FULL, `${pointer}/unknownToAll`, { any: [null, 1] });
    if (!validate(copy) || !acceptsConfig(copy)) refused.push(pointer);
  }
  t.strictSame(refused, []);
  t.end();
});

const ENGINES = engineConfigs();

test("what engines write is valid", { skip: ENGINES.length === 0 && "no folder of engines' configs" }, (t) => {
  for (const { name, text } of ENGINES) {
    const isProcess = name.includes("process");
    const value: unknown = JSON.parse(text);
    const validate = validator(isProcess ? "process" : "config");
    t.ok(validate(value), `${name}: ${JSON.stringify(validate.errors)}`);
    t.ok(isProcess ? acceptsProcess(value) : acceptsConfig(value), name);
  }
  t.end();
});
