/** The conformance suite itself, by runtimes that do something wrong: runt behind a script. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { cases } from "../../conformance/cases.ts";
import { judge } from "../../conformance/support/measure.ts";
import type { Requirement } from "../../conformance/support/requirement.ts";
import { compareVersions, isNewer, meet, type Runtime } from "../../conformance/support/runtime.ts";
import { RUNT } from "../support/command.ts";
import { PATIENCE } from "../support/host.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

const LIMIT = 60 * PATIENCE;

for (const [a, b, order] of [
  ["1.0", "1.0.0", 0],
  ["1.0.2-dev", "1.0.2", 0],
  ["1.0.2", "1.0.0", 1],
  ["1.1", "1.0.2", 1],
  ["1.2.1", "1.10.0", -1],
  ["2.0.0", "1.3.0", 1],
] as const) {
  test(`compareVersions() puts ${a} ${["before", "beside", "after"][order + 1]} ${b}`, async (t) => {
    t.equal(Math.sign(compareVersions(a, b)), order);
  });
}

/** runt, which says to know 1.0.0, and does `script` with the configuration $CONFIG of what it is to create. */
function fake(script: string): Runtime {
  const path = join(scratch, uniqueName());
  const text = `#!/bin/sh
if [ "$1" = --version ]; then echo "fake version 1"; echo "spec: 1.0.0"; exit; fi
if [ "$1" = features ]; then echo "unknown command" >&2; exit 1; fi
next=
for word; do
  if [ "$next" ]; then CONFIG=$word/config.json; fi
  next=
  if [ "$word" = --bundle ]; then next=1; fi
done
if [ "$CONFIG" ]; then ${script}; fi
exec ${RUNT} "$@"
`;
  writeFileSync(path, text, { mode: 0o755 });
  return meet([path])[0] as Runtime;
}

const refuses = (pattern: string) => fake(`if grep -q '${pattern}' "$CONFIG"; then echo refused >&2; exit 1; fi`);

/** Runtimes, and what the suite says of them: case, outcome, whether for its age. */
const FAKES = {
  "refuses versions from 1.2 on": [
    () => refuses('"ociVersion": *"1.[23]'),
    // Refused, but not for what is wrong in it.
    ["memory-policy-mode-unknown", "failed", true],
    ["net-device-missing", "failed", true],
    ["version-1.3.0", "failed", true],
    ["seccomp-names-empty", "passed", false],
    ["version-other-major", "passed", false],
  ],
  "refuses time namespaces": [
    () => refuses('"type": *"time"'),
    ["time-twice", "failed", true],
    ["namespace-time-supported", "failed", true],
  ],
  "refuses values that it MAY not support": [
    () => refuses("SECCOMP_FILTER_FLAG\\|unbindable"),
    ["seccomp-flag-LOG", "skipped", false],
    ["rootfs-propagation-unbindable", "skipped", false],
    ["option-unbindable", "failed", true],
  ],
  "refuses nothing and runs something else": [
    () => fake('sed -i s/SCMP_ACT_ERRNO/SCMP_ACT_ALLOW/ "$CONFIG"'),
    ["seccomp-flag-LOG", "failed", true],
    ["seccomp-errno", "failed", false],
  ],
} as const;

for (const [name, [make, ...expected]] of Object.entries(FAKES)) {
  test(`a runtime that ${name}`, { timeout: 2 * expected.length * LIMIT * 1000 }, async (t) => {
    const runtime = make();
    for (const [id, outcome, newer] of expected) {
      const requirement = cases.find((one) => one.id === id) as Requirement;
      const verdict = await judge(requirement, runtime, { limit: LIMIT });
      t.match({ id, ...verdict }, { id, outcome, newer }, `${id}: ${verdict.why}`);
    }
    t.equal(isNewer("1.0.2", runtime), true);
  });
}
