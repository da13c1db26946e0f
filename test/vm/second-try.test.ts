import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Test, test } from "tap";
import { resultsByFile } from "../support/results.ts";
import { failedLanes, leaveToSecondTry } from "./second-try.ts";

/** The TAP of a worker whose `files` say so. */
const tap = (files: Readonly<Record<string, boolean>>) => `TAP version 14
${Object.entries(files)
  .map(([file, ok], index) => {
    const word = ok ? "ok" : "not ok";
    return `# Subtest: ${file}
    # Subtest: pauses
        ${word} 1 - is frozen
          ---
          at: not ok 1
          ...
        ok 2 - goes on
        1..2
    ${word} 1 - pauses # time=12.5ms
    1..1
${word} ${index + 1} - ${file} # time=99.1ms
`;
  })
  .join("\n")}
1..${Object.keys(files).length}
`;

function results(t: Test, workers: readonly Readonly<Record<string, boolean>>[]) {
  const directory = mkdtempSync(join(tmpdir(), "second-try-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  workers.forEach((files, index) => {
    writeFileSync(join(directory, `lane-${index + 1}.tap`), tap(files));
  });
  const files = workers.flatMap((worker) => Object.keys(worker));
  return { directory, lane: { name: "lane", title: "a lane", user: false, environment: [], files } };
}

test("what failed is run again, and counts no more", async (t) => {
  const { directory, lane } = results(t, [{ "a.test.ts": true, "b.test.ts": false }, { "c.test.ts": true }]);
  const again = failedLanes([lane], directory);
  t.same(again, [{ ...lane, files: ["b.test.ts"] }]);
  for (const each of again) leaveToSecondTry(each, directory);
  const found = resultsByFile(readFileSync(join(directory, "lane-1.tap"), "utf8"));
  t.same(found.get("a.test.ts"), { pass: 2, skip: 0, failed: [] });
  t.same(found.get("b.test.ts")?.failed, []);
});

test("what did not fail, and too much that did, is not run again", async (t) => {
  const good = results(t, [{ "a.test.ts": true }, { "b.test.ts": true }]);
  t.same(failedLanes([good.lane], good.directory), []);
  const bad = results(t, [Object.fromEntries([..."abcdef"].map((name) => [`${name}.test.ts`, false])), {}]);
  t.same(failedLanes([bad.lane], bad.directory), []);
});

test("a failure that is not of a file stays", async (t) => {
  const { directory, lane } = results(t, [{ "b.test.ts": false, "nothing is left in the guest": false }]);
  const [again] = failedLanes([{ ...lane, files: ["b.test.ts"] }], directory);
  leaveToSecondTry({ ...lane, files: again?.files ?? [] }, directory);
  const found = [...resultsByFile(readFileSync(join(directory, "lane-1.tap"), "utf8")).values()];
  t.same(
    found.flatMap(({ failed }) => failed),
    ["nothing is left in the guest > pauses > is frozen"],
  );
});
