/** Values of C expressions, as the compiler of this machine knows them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why C cannot be asked here, or false. */
export const noCompiler =
  process.arch === "x64" &&
  spawnSync("gcc", ["-fsyntax-only", "-xc", "-"], { input: "#include <linux/mount.h>" }).status === 0
    ? false
    : "needs gcc and the kernel's headers, on x86-64";

/** What each expression is worth; one that begins with `?` is left out where it is no macro. */
export function valuesInC(prelude: string, expressions: readonly string[]): Map<string, bigint> {
  const folder = mkdtempSync(join(tmpdir(), "runt-headers-"));
  try {
    const prints = expressions.map((expression) => {
      const name = expression.replace("?", "");
      const print = `printf("%s %lld\\n", "${name}", (long long)(${name}));`;
      return expression === name ? print : `#ifdef ${name}\n${print}\n#endif`;
    });
    const source = `#define _GNU_SOURCE\n${prelude}\n#include <stdio.h>\nint main(void) {\n${prints.join("\n")}\n}\n`;
    writeFileSync(join(folder, "values.c"), source);
    const program = join(folder, "values");
    const compiled = spawnSync("gcc", ["-w", "-o", program, join(folder, "values.c")], { encoding: "utf8" });
    if (compiled.status !== 0) throw new Error(compiled.stderr);
    const lines = spawnSync(program, { encoding: "utf8" }).stdout.trim().split("\n");
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), BigInt(line.slice(line.lastIndexOf(" ") + 1))]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
