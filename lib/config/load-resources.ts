/** The files of `update --resources` and `update --device-rules` → Resources, DeviceRule[]. */
import { accepts, schema } from "../../dist/generated/resources.js";
import { parseDocument } from "./document.ts";
import type { Schema } from "./mismatch.ts";
import { group } from "./rule.ts";
import { RESOURCES_RULES } from "./rules/resources.ts";
import type { DeviceRule, Resources } from "./schema.ts";

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

const RULES = {
  accepts: (devices: unknown): devices is DeviceRule[] => accepts({ devices }),
  schema: JSON.stringify((JSON.parse(schema) as Schema).properties?.devices),
  groups: [],
} as const;

/**
 * The text of a list of device rules: `linux.resources.devices` as a document of its own.
 * @param file how messages name it
 * @throws ConfigError with all that is wrong
 */
export function parseDeviceRules(text: string, file: string): DeviceRule[] {
  return parseDocument<DeviceRule[]>(RULES, text, file);
}
