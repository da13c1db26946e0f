/** `runt kill`. */
import { RuntimeError } from "../../base/errors.ts";
import { killContainer } from "../../container/kill.ts";
import { signalNumber } from "../../linux/signals.ts";
import { listIds } from "../../state/store.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { forEachContainer } from "../each.ts";

export function run(args: Arguments<"kill">, { root }: Globals): number {
  const { signal: text, all } = args;
  const signal = text === undefined ? undefined : signalNumber(text);
  if (text !== undefined && signal === undefined) throw new RuntimeError(`unknown signal ${JSON.stringify(text)}`);
  forEachContainer(
    args,
    () => listIds(root),
    (id) => killContainer(root, id, signal, { all }),
  );
  return 0;
}
