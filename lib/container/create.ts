/** `create`: runtime.md § Create. */
import { bringUp, type CreateOptions } from "./bring-up.ts";
import { consoleSocket } from "./console.ts";

/** Creates a container, which then waits for `start`. @throws RuntimeError; nothing is left behind then */
export function createContainer(options: CreateOptions): void {
  bringUp(options, (terminal) => consoleSocket(terminal, options.consoleSocket));
}
