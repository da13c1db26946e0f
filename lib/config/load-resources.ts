/** The file of `update --resources` → Resources. */
import { accepts, schema } from "../../dist/generated/resources.js";
import { parseDocument } from "./document.ts";
import { group } from "./rule.ts";
import { RESOURCES_RULES } from "./rules/resources.ts";
import type { Resources } from "./schema.ts";

const groups = [group("", (resources: Resources) => resources, RESOURCES_RULES)];
const RESOURCES = { accepts, schema, groups } as const;

/**
 * The text of a resources file: `linux.resources` of config.json as a document of its own.
 * @param file how messages name it
 * @throws ConfigError with all that is wrong
 */
export function parseResources(text: string, file: string): Resources {
  return parseDocument<Resources>(RESOURCES, text, file);
}
