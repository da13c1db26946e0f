import { test } from "tap";
import { exactJson } from "../../lib/cli/exact-json.ts";

test("exactJson() writes a bigint with all its digits, and all else as JSON does", async (t) => {
  const value = {
    limit: 2n ** 64n - 1n,
    list: [1n, 2, "3"],
    text: "bigint 4",
    none: undefined,
    deep: { negative: -5n },
  };
  t.equal(exactJson(value), '{"limit":18446744073709551615,"list":[1,2,"3"],"text":"bigint 4","deep":{"negative":-5}}');
});
