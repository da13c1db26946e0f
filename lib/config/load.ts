/** config.json → Config. */
import { accepts, schema } from "../../dist/generated/config.js";
import { parseDocument } from "./document.ts";
import { exactIntegers } from "./integers.ts";
import { CONFIG_GROUPS } from "./rules/config.ts";
import type { Config, OciConfig } from "./schema.ts";
import { modernize } from "./version.ts";

const CONFIG = { accepts, schema, groups: CONFIG_GROUPS } as const;

/**
 * The text of a config.json as a Config: of the schema, obeying the rules, no property null, in the words of the newest version.
 * @param file how messages name it: `config.json`
 * @throws ConfigError with all that is wrong
 */
export function parseConfig(text: string, file: string): Config {
  const config = parseDocument<OciConfig>(CONFIG, text, file);
  exactIntegers(config, text, file, ({ process, linux }) => [
    ...(process?.rlimits ?? []),
    ...(linux?.seccomp?.syscalls?.flatMap(({ args }) => args ?? []) ?? []),
  ]);
  modernize(config);
  return config as Config;
}
