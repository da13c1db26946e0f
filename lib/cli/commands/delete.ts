/** `runt delete`. */
import { deleteContainer } from "../../container/delete.ts";
import { listIds } from "../../state/store.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { forEachContainer } from "../each.ts";

export async function run(args: Arguments<"delete">, { root, warn }: Globals): Promise<number> {
  const { force } = args;
  await forEachContainer(
    args,
    () => listIds(root),
    (id) => deleteContainer(root, id, { force, warn }),
  );
  return 0;
}
