/** The tests that want pure cgroup v2, or systemd, or both: run in a guest that has them, all in one boot. */
import { basename } from "node:path";
import { type Test, test } from "tap";
import { runGuest, share } from "./guest.ts";
import { image, unavailable } from "./image.ts";
import { type FilledLane, lanes } from "./lanes.ts";
import { failedLanes, leaveToSecondTry, tapOf } from "./second-try.ts";

/** Has tap read what the workers of each lane have told. */
async function tell(t: Test, lanes: readonly FilledLane[], results: string, which: string): Promise<void> {
  for (const lane of lanes) {
    const tap = tapOf(lane, results);
    t.equal(tap.length, 2, `${lane.title}: both workers answer`);
    for (const path of tap) await t.spawn("cat", [path], {}, `${lane.title}, ${basename(path)}${which}`);
  }
}

test("cgroup v2 and systemd, in a guest", { skip: unavailable(), timeout: 0 }, async (t) => {
  const filled = lanes();
  const results = await runGuest(await image(), await share(filled));
  const again = failedLanes(filled, results);
  for (const lane of again) {
    t.comment(`once more: ${lane.files.join(", ")} (${lane.title})`);
    leaveToSecondTry(lane, results);
  }
  await tell(t, filled, results, "");
  if (again.length > 0) await tell(t, again, await runGuest(await image(), await share(again)), ", once more");
});
