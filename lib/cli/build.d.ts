/** What bin/build.ts puts in place of these names. */

/** The version in package.json. */
declare const __VERSION__: string;
/** The git commit, with `-dirty` when the tree had changes, or "unknown". */
declare const __COMMIT__: string;
