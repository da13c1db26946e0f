/** `runt update`. */
import { during, RuntimeError } from "../../base/errors.ts";
import { ConfigError } from "../../config/document.ts";
import { parseDeviceRules, parseResources } from "../../config/load-resources.ts";
import type { Resources } from "../../config/schema.ts";
import { updateContainer } from "../../container/update.ts";
import { decode } from "../../sys/ffi.ts";
import { readAll, readFile } from "../../sys/file.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { OBSOLETE, optionOf, withLimits } from "../limits.ts";

const STANDARD_INPUT = 0;

export function run(args: Arguments<"update">, { root, warn }: Globals): number {
  const { resources: file, "device-rules": rulesFile } = args;
  if (file === "-" && rulesFile === "-") {
    throw new RuntimeError("--resources and --device-rules can't both be read from standard input");
  }
  for (const option of OBSOLETE) {
    if (args[option] !== undefined) warn(`--${option} is ignored: Linux has no such limit any more`);
  }
  // Engines send a deny-all in `devices` with every update: the rules of a container change by --device-rules only.
  const { devices: _, ...given } = !file ? {} : parseResources(read(file), nameOf(file));
  const limits = checked(withLimits(given, args), args);
  const rules = rulesFile ? parseDeviceRules(read(rulesFile), nameOf(rulesFile)) : undefined;
  if (rules?.length === 0) throw new RuntimeError(`${nameOf(rulesFile ?? "")} has no device rule`);
  updateContainer(root, args["container-id"], {
    resources: rules === undefined ? limits : { ...limits, devices: rules },
    schemata: [args["l3-cache-schema"], args["mem-bw-schema"]].filter((each): each is string => Boolean(each)),
  });
  return 0;
}

/** @throws RuntimeError that names the options whose values can't be */
function checked(limits: object, args: Arguments<"update">): Resources {
  try {
    return parseResources(JSON.stringify(limits), "the new limits");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.problems.map(({ pointer, expected, found }) => {
      return `${optionOf(pointer, args) ?? pointer} must ${expected}: ${found}`;
    });
    throw new RuntimeError(lines.join("\n"));
  }
}

function read(file: string): string {
  return during(`read ${nameOf(file)}`, () => (file === "-" ? decode(readAll(STANDARD_INPUT)) : readFile(file)));
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}
