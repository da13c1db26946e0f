/** TypeScript as JavaScript for the guest's Node: test files and the worker that runs them, or a program. */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const TEST = join(import.meta.dirname, "..");
const WORKER = "vm/guest/worker.ts";

/** What tap prints of React elements: it looks for a package that a bundle cannot have, and that no test here needs. */
const WITHOUT_REACT: Plugin = {
  name: "without React",
  setup(build) {
    build.onLoad({ filter: /tcompare\/dist\/\w+\/react-element-to-jsx-string/ }, () => ({
      contents: "export default String",
    }));
  },
};

/** In test files tap is guest/tap.ts. */
const ONE_TAP: Plugin = {
  name: "one tap for all files",
  setup(build) {
    build.onResolve({ filter: /^tap$/ }, ({ importer }) =>
      importer.startsWith(`${TEST}/vm/guest/`) ? undefined : { path: join(TEST, "vm/guest/tap.ts") },
    );
  },
};

/** Writes `files`, paths below test/, and the worker into `folder`: `container/root.test.ts` → `container/root.test.mjs`. */
export async function bundleTests(files: readonly string[], folder: string): Promise<void> {
  const paths = [WORKER, ...files].map((file) => join(TEST, file));
  await bundleForGuest(paths, TEST, folder, [WITHOUT_REACT, ONE_TAP]);
}

/** Writes `files` with all that they import into `folder`, at the places that they have below `top`, ending in .mjs. */
export async function bundleForGuest(
  files: string[],
  top: string,
  folder: string,
  plugins: Plugin[] = [],
): Promise<void> {
  await build({
    entryPoints: files,
    outbase: top,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // For the CommonJS modules in it.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    plugins,
    logLevel: "error",
  });
}
