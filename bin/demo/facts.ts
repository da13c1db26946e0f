/** What facts.sh says of the machine and of a container, for people. */

/** Names of facts, in their order → what they are. */
export type Facts = ReadonlyMap<string, string>;

/** How to say what facts.sh found, where it needs saying. */
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  capabilities: (mask) => String(ones(BigInt(`0x${mask}`)) || "none"),
  "processes, at most": limit(String),
  "memory, at most": limit((bytes) => `${bytes / 2 ** 20} MiB`),
};

/** v1 has the greatest number of pages for no limit, v2 "max", and the root of a hierarchy has no file to say it. */
function limit(say: (value: number) => string): (value: string) => string {
  return (value) => (value === "" || value === "max" || Number(value) > 2 ** 60 ? "no limit" : say(Number(value)));
}

function ones(mask: bigint): number {
  return [...mask.toString(2)].filter((bit) => bit === "1").length;
}

export function parseFacts(text: string): Facts {
  return new Map(
    text
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [name = "", value = ""] = line.split("\t");
        return [name, (WORDS[name] ?? String)(value)];
      }),
  );
}

/** A line of each fact, the machine's beside the container's. */
export function comparison(machine: Facts, container: Facts): string {
  const rows = [["", "this machine", "the container"]];
  for (const [name, value] of machine) rows.push([name, value, container.get(name) ?? ""]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("   ")
          .trimEnd()}`,
    )
    .join("\n");
}
