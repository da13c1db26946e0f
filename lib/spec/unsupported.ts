/** What a config.json may say and this version cannot do: refused by name, since leaving it out would weaken the container. */
import { RuntimeError } from "../base/errors.ts";
import type { Config } from "../config/schema.ts";

/** Each with what it is called, and whether the configuration asks for it. */
const UNSUPPORTED: readonly { readonly name: string; readonly asked: (config: Config) => unknown }[] = [
  { name: "linux.intelRdt", asked: ({ linux }) => linux?.intelRdt },
];

/** @throws RuntimeError that names all that is asked for and can't be had */
export function refuseUnsupported(config: Config): void {
  const refused = UNSUPPORTED.filter(({ asked }) => asked(config)).map(({ name }) => name);
  if (refused.length > 0) throw new RuntimeError(`this version of runt does not support ${refused.join(", ")}`);
}
