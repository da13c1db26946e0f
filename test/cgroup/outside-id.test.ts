/** Ids outside of a user namespace. */
import { test } from "tap";
import { outsideId } from "../../lib/cgroup/outside-id.ts";

test("an id is looked up in the map", (t) => {
  const map = "         0       1000          1\n         1     100000      65536\n";
  t.equal(outsideId(map, 0), 1000);
  t.equal(outsideId(map, 1), 100000);
  t.equal(outsideId(map, 65536), 165535);
  t.equal(outsideId(map, 65537), undefined);
  t.equal(outsideId("         0          0 4294967295\n", 5), 5);
  t.equal(outsideId("", 0), undefined);
  t.end();
});
