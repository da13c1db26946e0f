/** `runt events`. */
import { type ContainerEvent, tellEvents, tellStats } from "../../container/events.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { duration } from "../duration.ts";
import { exactJson } from "../exact-json.ts";
import { print } from "../output.ts";

export function run({ "container-id": id, stats, interval }: Arguments<"events">, { root }: Globals): number {
  const milliseconds = duration("interval", interval);
  const tell = (event: ContainerEvent): void => print(`${exactJson(event)}\n`);
  if (stats) tellStats(root, id, tell);
  else tellEvents(root, id, milliseconds, tell);
  return 0;
}
