import { test } from "tap";
import { absolute, stateRoot } from "../../lib/cli/surroundings.ts";

const CASES: readonly [name: string, given: string | undefined, uid: number, environ: string[], root: string][] = [
  ["root's", undefined, 0, [], "/run/runt"],
  ["root's, whatever XDG_RUNTIME_DIR says", undefined, 0, ["XDG_RUNTIME_DIR=/run/user/0"], "/run/runt"],
  ["a user's", undefined, 1000, ["A=b", "XDG_RUNTIME_DIR=/run/user/1000"], "/run/user/1000/runt"],
  ["a user's without XDG_RUNTIME_DIR", undefined, 1000, ["XDG_RUNTIME_DIRS=/x"], "/run/runt"],
  ["a user's with an empty XDG_RUNTIME_DIR", undefined, 1000, ["XDG_RUNTIME_DIR="], "/run/runt"],
  ["a given one", "/r", 1000, ["XDG_RUNTIME_DIR=/run/user/1000"], "/r"],
  ["a given relative one", "r", 0, [], "/here/r"],
];

for (const [name, given, uid, environ, root] of CASES) {
  test(`stateRoot(): ${name}`, (t) => {
    t.equal(stateRoot(given, { environ, uid: () => uid, directory: () => "/here" }), root);
    t.end();
  });
}

test("absolute() leaves absolute paths alone", (t) => {
  t.equal(
    absolute("/a", () => t.fail("asked") as never),
    "/a",
  );
  t.equal(
    absolute("a/b", () => "/here"),
    "/here/a/b",
  );
  t.end();
});
