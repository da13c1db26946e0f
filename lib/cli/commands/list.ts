/** `runt list`. */
import { listContainers } from "../../container/list.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { print } from "../output.ts";
import { table } from "../table.ts";

const COLUMNS = ["id", "pid", "status", "bundle", "created", "owner"] as const;

export function run({ format, quiet }: Arguments<"list">, { root, warn }: Globals): number {
  const containers = listContainers(root, warn);
  if (quiet) {
    print(containers.map(({ id }) => `${id}\n`).join(""));
  } else if (format === "json") {
    // Where there is none, engines are used to reading `null`.
    print(`${containers.length === 0 ? "null" : JSON.stringify(containers)}\n`);
  } else {
    const rows = containers.map((container) => COLUMNS.map((column) => String(container[column])));
    print(table([COLUMNS.map((column) => column.toUpperCase()), ...rows]));
  }
  return 0;
}
