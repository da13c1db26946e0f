import { test } from "tap";
import { forEachContainer } from "../../lib/cli/each.ts";

const IDS = ["web-1", "web-2", "db"];

/** The containers that were acted on; those of `failing` fail. */
async function acted(
  id: string,
  regex: boolean,
  failing: readonly string[] = [],
): Promise<{ ids: string[]; error: string | undefined }> {
  const ids: string[] = [];
  let error: string | undefined;
  try {
    await forEachContainer(
      { "container-id": id, regex },
      () => IDS,
      (each) => {
        ids.push(each);
        if (failing.includes(each)) throw new TypeError("no");
      },
    );
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  return { ids, error };
}

test("without --regex the name is the name", async (t) => {
  t.same(await acted("w.*", false), { ids: ["w.*"], error: undefined });
});

test("with --regex all containers that match are meant", async (t) => {
  t.same(await acted("^web-", true), { ids: ["web-1", "web-2"], error: undefined });
  t.same(await acted("b", true), { ids: IDS, error: undefined });
  t.same(await acted("^x$", true), { ids: [], error: undefined });
});

test("one that fails does not stop the others, and is named", async (t) => {
  const { ids, error } = await acted("^web-", true, ["web-1"]);
  t.same(ids, ["web-1", "web-2"]);
  t.match(error, /^web-1: .*no$/);
});

test("what is no regular expression is a usage error", async (t) => {
  const { ids, error } = await acted("(", true);
  t.same(ids, []);
  t.equal(error, '"(" is no regular expression');
});
