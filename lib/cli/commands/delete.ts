/** `runt delete`. */
import { deleteContainer } from "../../container/delete.ts";
import { listIds } from "../../state/store.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { forEachContainer } from "../each.ts";

export function run(args: Arguments<"delete">, { root, warn }: Globals): number {
  const { force } = args;
  forEachContainer(
    args,
    () => listIds(root),
    (id) => deleteContainer(root, id, { force, warn }),
  );
  return 0;
}
