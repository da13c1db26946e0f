/** The list of what runtime-spec demands: every test that it names is there, and nothing is unmet without a reason. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { CONFIG } from "../../conformance/requirements/config.ts";
import { CONFIG_LINUX } from "../../conformance/requirements/config-linux.ts";
import { FEATURES, FEATURES_LINUX } from "../../conformance/requirements/features.ts";
import type { Document } from "../../conformance/requirements/requirement.ts";
import { RUNTIME, RUNTIME_LINUX } from "../../conformance/requirements/runtime.ts";

/** How many demands of each document there must be at least: rows do not get lost. */
const DOCUMENTS: readonly [Document, number][] = [
  [RUNTIME, 40],
  [RUNTIME_LINUX, 1],
  [CONFIG, 42],
  [CONFIG_LINUX, 60],
  [FEATURES, 7],
  [FEATURES_LINUX, 5],
];

const texts = new Map<string, string>();

/** The names of tests in a file as they are written: in test("…") and as keys of tables. */
function textOf(file: string): string {
  const path = join(import.meta.dirname, "..", `${file}.test.ts`);
  const known = texts.get(path) ?? readFileSync(path, "utf8");
  texts.set(path, known);
  return known;
}

for (const [{ name, requirements }, least] of DOCUMENTS) {
  test(`${name}: every demand names a test that is there`, async (t) => {
    t.ok(requirements.length >= least, `${requirements.length} demands`);
    for (const [section, demand, , file, named] of requirements) {
      const text = textOf(file);
      t.ok(
        text.includes(`"${named}`) || text.includes(`\`${named}`) || text.includes(`  ${named}: `),
        `${section}: ${demand}: test/${file}.test.ts has "${named}"`,
      );
    }
  });

  test(`${name}: what is not met says why, and all else how`, async (t) => {
    for (const [section, demand, how] of requirements) {
      t.not(how, "", `${section}: ${demand}`);
      if (how.startsWith("Unmet:")) t.ok(how.length > 40, `${section}: ${demand}: ${how}`);
    }
  });
}

test("what is not met is known", async (t) => {
  const unmet = DOCUMENTS.flatMap(([{ name, requirements }]) =>
    requirements.filter(([, , how]) => how.startsWith("Unmet:")).map(([section]) => `${name} § ${section}`),
  );
  t.same(unmet, ["runtime.md § Delete"]);
});
