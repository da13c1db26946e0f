/** `create`: runtime.md § Create. */
import { bringUp } from "./bring-up.ts";
import { consoleSocket } from "./console.ts";
import type { CreateOptions } from "./create-options.ts";

/** Creates a container, which then waits for `start`. @throws RuntimeError; nothing is left behind then */
export function createContainer(options: CreateOptions): void {
  bringUp(options, (terminal) => consoleSocket(terminal, options.consoleSocket));
}
