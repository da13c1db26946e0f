/** schemas/ to code: TypeScript types and validators, written into dist/generated/. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import type { CodeKeywordDefinition } from "ajv";

const SOURCE = new URL("../../schemas/", import.meta.url);
const TARGET = new URL("../../dist/generated/", import.meta.url);
const TOOLS = ["ajv", "json-schema-to-typescript"];

/** What the program validates, and what it only writes, with the names of the types. */
const READ = { config: "OciConfig", process: "Process", resources: "Resources" } as const;
const WRITTEN = { state: "State", features: "Features" } as const;

const NOTICE = "/* Made by bin/build/schemas.ts from schemas/. */\n";

type Json = string | number | boolean | readonly Json[] | Schema;
interface Schema {
  readonly [keyword: string]: Json;
}
type Schemas = ReadonlyMap<string, Schema>;

/**
 * Makes dist/generated/: `types.ts`, and for each of config, process and resources a module with `accepts(value)`, which
 * only says yes or no, and `schema`, the JSON to find out by why it is no. Does nothing when schemas, this file and the
 * tools are those of the last time.
 */
export async function generateSchemas(): Promise<void> {
  const names = (await readdir(SOURCE)).filter((name) => name.endsWith(".json")).sort();
  const files = names.map((name) => new URL(name, SOURCE));
  const tools = TOOLS.map((name) => new URL(`../../node_modules/${name}/package.json`, import.meta.url));
  const texts = await Promise.all([...files, ...tools, new URL(import.meta.url)].map((file) => readFile(file, "utf8")));
  const inputs = createHash("sha256")
    .update(JSON.stringify([names, texts]))
    .digest("hex");
  if ((await readFile(new URL("inputs", TARGET), "utf8").catch(() => "")) === inputs) return;

  const schemas = new Map(names.map((name, index) => [name, JSON.parse(texts[index] ?? "") as Schema]));
  await mkdir(TARGET, { recursive: true });
  await write("types.ts", await types(schemas));
  for (const [name, type] of Object.entries(READ)) {
    const schema = expand({ schemas, dropped: FOR_VALIDATORS }, { $ref: `${name}.json` }, "");
    await write(`${name}.js`, await validator(schema));
    await write(`${name}.d.ts`, declaration(type));
  }
  await write("inputs", inputs);
}

/** Replaces a file of dist/generated/ in one step: two builds at a time do not disturb each other. */
async function write(name: string, text: string): Promise<void> {
  const fresh = new URL(`${name}.${process.pid}`, TARGET);
  await writeFile(fresh, text);
  await rename(fresh, new URL(name, TARGET));
}

/** One interface for each object of the schemas; descriptions become their documentation. */
async function types(schemas: Schemas): Promise<string> {
  const { compile } = await import("json-schema-to-typescript");
  const parts: string[] = [NOTICE];
  for (const [name, type] of Object.entries({ ...READ, ...WRITTEN })) {
    // What config.json contains has its type from there.
    if (name === "process" || name === "resources") continue;
    const objects: Record<string, Schema> = {};
    expand({ schemas, dropped: FOR_TYPES, objects }, { $ref: `${name}.json` }, "");
    const { [name]: root, ...$defs } = objects;
    const schema = { ...root, $defs } as Parameters<typeof compile>[0];
    const style = { printWidth: 120 };
    parts.push(await compile(schema, type, { additionalProperties: false, bannerComment: "", style }));
  }
  return parts.join("\n");
}

/** A module with the schema, as text, and a validator that answers at the first error, without a word. */
async function validator(schema: Schema): Promise<string> {
  // ajv without what 2020-12 adds to it: unevaluated properties, which the schemas do without and which would cost code.
  const { Ajv, _ } = await import("ajv");
  const { default: standalone } = await import("ajv/dist/standalone/index.js");
  const ajv = new Ajv({
    allErrors: true,
    // ajv would count characters by a helper that it imports; code units are near enough.
    unicode: false,
    // JSON has no NaN, and each integer of the schemas has its bounds.
    strictNumbers: false,
    messages: false,
    logger: false,
    code: { source: true, esm: true, lines: true },
  });
  const pattern = ajv.getKeyword("pattern") as CodeKeywordDefinition;
  ajv.removeKeyword("pattern").addKeyword({
    ...pattern,
    code(context) {
      // Most patterns ask for an absolute path, and comparing one character is faster than a regular expression.
      if (context.schema === "^/") context.fail(_`${context.data}.charCodeAt(0) !== 47`);
      else pattern.code(context);
    },
  });
  ajv.addSchema(schema, "accepts").getSchema("accepts");
  const text = JSON.stringify(JSON.stringify(schema));
  return `${NOTICE}export const schema = ${text};\n${answerAtOnce(standalone(ajv, { accepts: "accepts" }))}`;
}

/** The code by which ajv notes an error when it collects all of them. */
const NOTE_ERROR =
  /const (err\d+) = \{.*\};\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\nerrors\+\+;/g;

/** Code that collects all errors, as code that returns at the first: half as long as what ajv makes for that purpose. */
function answerAtOnce(code: string): string {
  const quick = code.replaceAll(NOTE_ERROR, "return false;");
  if (/vErrors\.(push|concat)/.test(quick)) throw new Error(`ajv notes errors in another way than ${NOTE_ERROR}`);
  return quick;
}

function declaration(type: string): string {
  return `${NOTICE}import type { ${type} } from "./types.ts";
/** Whether the value is as the schema says; it does not look for NUL in strings. */
export declare function accepts(value: unknown): value is ${type};
/** The schema as JSON, without references. */
export declare const schema: string;
`;
}

/** Keywords that one reader or the other has no use for. To json-schema-to-typescript a title is the name of a type. */
const FOR_TYPES = new Set(["$schema", "$defs", "title", "pattern", "if", "then"]);
const FOR_VALIDATORS = new Set(["$schema", "$defs", "description", "tsType"]);

/**
 * What in a pattern forbids NUL. JSON can say NUL only as \u0000, so the program looks for that in the text, once,
 * instead of applying a regular expression to each string (lib/config/nul.ts).
 */
const NO_NUL = "[^\\u0000]*$";

interface Expansion {
  readonly schemas: Schemas;
  readonly dropped: ReadonlySet<string>;
  /** When given: objects are not put in place, but gathered here by name and referred to. */
  readonly objects?: Record<string, Schema>;
}

/** A schema of `file` with what it refers to put in its place. */
function expand(expansion: Expansion, schema: Schema, file: string): Schema {
  const out: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (expansion.dropped.has(keyword)) continue;
    if (keyword === "$ref") {
      const target = follow(expansion, value as string, file);
      if (target.$ref !== undefined) return target;
      Object.assign(out, target);
    } else if (keyword === "pattern") {
      const rest = (value as string).replace(NO_NUL, "");
      if (rest !== "^") out[keyword] = rest;
    } else if (keyword === "properties") {
      const properties = Object.entries(value as Schema);
      out[keyword] = Object.fromEntries(
        properties.map(([name, each]) => [name, expand(expansion, each as Schema, file)]),
      );
    } else if (keyword === "items" || keyword === "additionalProperties") {
      out[keyword] = expand(expansion, value as Schema, file);
    } else {
      out[keyword] = value;
    }
  }
  return out;
}

/** What a reference in `file` points to, expanded; a reference to it when objects are gathered and it is one. */
function follow(expansion: Expansion, reference: string, file: string): Schema {
  const { schemas, objects } = expansion;
  const [other, path = ""] = reference.split("#");
  const home = other || file;
  const steps = path.split("/").slice(1);
  const target = steps.reduce<Json | undefined>((node, step) => (node as Schema)[step], schemas.get(home)) as Schema;
  if (objects === undefined || target.properties === undefined) return expand(expansion, target, home);
  const name = steps.at(-1) ?? home.replace(".json", "");
  objects[name] ??= expand(expansion, target, home);
  return { $ref: `#/$defs/${name}` };
}
