/** The tests that want pure cgroup v2, or systemd, or both: run in a guest that has them, all in one boot. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { runGuest, share } from "./guest.ts";
import { image, unavailable } from "./image.ts";
import { lanes } from "./lanes.ts";

const filled = lanes();

test("cgroup v2 and systemd, in a guest", { skip: unavailable(), timeout: 0 }, async (t) => {
  const results = await runGuest(await image(), await share(filled));
  const files = readdirSync(results);
  for (const { name, title } of filled) {
    const workers = files.filter((file) => file.startsWith(`${name}-`));
    t.equal(workers.length, 2, `${title}: both workers answer`);
    for (const file of workers) await t.spawn("cat", [join(results, file)], {}, `${title}, ${file}`);
  }
});
