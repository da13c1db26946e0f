import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "tap";
import { AARCH64 } from "../../lib/program/aarch64.ts";
import { X86_64 } from "../../lib/program/x86-64.ts";

const MACHINES = [
  {
    name: "x86-64",
    interpreter: X86_64,
    as: ["as", "x86_64-linux-gnu-as"],
    objcopy: "objcopy",
    syntax: ".intel_syntax noprefix",
  },
  {
    name: "aarch64",
    interpreter: AARCH64,
    as: ["aarch64-linux-gnu-as"],
    objcopy: "aarch64-linux-gnu-objcopy",
    syntax: "",
  },
] as const;

/** The assembly that stands in the comments of a machine's code. */
function sourceOf(name: string): string {
  const text = readFileSync(join(import.meta.dirname, `../../lib/program/${name}.ts`), "utf8");
  const listing = text.slice(text.indexOf("const CODE = ["), text.indexOf("\n];"));
  return [...listing.matchAll(/\/\/ (.*)$/gm)].map(([, line]) => line).join("\n");
}

for (const { name, interpreter, as, objcopy, syntax } of MACHINES) {
  const assembler = as.find((program) => spawnSync(program, ["--version"]).stdout?.includes(name.replace("-", "_")));
  test(`${name}: the code is what its comments say`, {
    skip: assembler ? false : `needs an assembler for ${name}`,
  }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "runt-code-"));
    try {
      const object = join(folder, "code.o");
      const binary = join(folder, "code");
      const input = `${syntax}\n${sourceOf(name)}\n`;
      const assembled = spawnSync(assembler as string, ["-o", object, "-"], { input, encoding: "utf8" });
      t.equal(assembled.stderr, "");
      t.equal(spawnSync(objcopy, ["-O", "binary", "-j", ".text", object, binary]).status, 0);
      const code = readFileSync(binary);
      t.ok(code.length > 400);
      t.equal(Buffer.from(interpreter.code).toString("hex"), code.toString("hex"));
    } finally {
      rmSync(folder, { recursive: true });
    }
    t.end();
  });

  test(`${name}: the code fits between the headers and the strings`, (t) => {
    t.ok(interpreter.code.length <= 1024 - 256);
    t.end();
  });
}
