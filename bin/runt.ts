/** What the executable runs: `main` is called once for each command; all modules are loaded when it is built. */
export { main } from "../lib/cli/main.ts";
