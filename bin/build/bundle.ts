/** TypeScript to one JavaScript module. */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { help } from "./help.ts";

/** On aarch64, what differs between machines comes from the file that says so. */
const machine: Plugin = {
  name: "machine",
  setup({ onResolve }) {
    if (process.arch !== "arm64") return;
    onResolve({ filter: /\/machine\.ts$/ }, ({ resolveDir, path }) => ({
      path: join(resolveDir, path.replace(/\.ts$/, "-aarch64.ts")),
    }));
  },
};

/** Bundles `entry` and all that it imports into `output`. `define` gives the constants of the build. */
export async function bundle(entry: string, output: string, define: Record<string, string>): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["runt:ffi"],
    // Names stay: the stack of an internal error is to be read.
    minifySyntax: true,
    define,
    plugins: [machine, help],
    logLevel: "warning",
  });
}
