/** The types of config.json, made from schemas/ by the build: property names are those of the spec. */
import type { Namespace, OciConfig } from "../../dist/generated/types.ts";

export type * from "../../dist/generated/types.ts";

declare const validated: unique symbol;

/** A config.json that the schema accepts and that breaks no rule. Only `parseConfig` makes one; nothing re-checks it. */
export type Config = OciConfig & { readonly [validated]: true };

/** The config's namespace of a type, or undefined when the container stays in the runtime's. */
export function namespaceOf(config: OciConfig, type: Namespace["type"]): Namespace | undefined {
  return config.linux?.namespaces?.find((namespace) => namespace.type === type);
}
