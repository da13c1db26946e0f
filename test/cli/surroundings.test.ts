import { test } from "tap";
import { absolute, stateRoot } from "../../lib/cli/surroundings.ts";

type Variables = Readonly<Record<string, string>>;
const USER_0 = { XDG_RUNTIME_DIR: "/run/user/0" };
const USER = { XDG_RUNTIME_DIR: "/run/user/1000" };

interface Who {
  readonly uid: number;
  readonly rootless?: boolean;
  readonly directories?: readonly string[];
}

const CASES: readonly [name: string, given: string | undefined, who: Who, variables: Variables, root: string][] = [
  ["root's", undefined, { uid: 0 }, {}, "/run/runt"],
  ["root's, whatever XDG_RUNTIME_DIR says", undefined, { uid: 0 }, USER_0, "/run/runt"],
  ["a user's", undefined, { uid: 1000 }, USER, "/run/user/1000/runt"],
  ["a user's as root of a user namespace", undefined, { uid: 0, rootless: true }, USER, "/run/user/1000/runt"],
  ["root's in a user namespace", undefined, { uid: 0, rootless: true }, {}, "/run/runt"],
  ["a user's without XDG_RUNTIME_DIR", undefined, { uid: 1000 }, { XDG_RUNTIME_DIRS: "/x" }, "/run/runt"],
  ["a user's with the usual directory", undefined, { uid: 7, directories: ["/run/user/7"] }, {}, "/run/user/7/runt"],
  ["a given one", "/r", { uid: 1000 }, USER, "/r"],
  ["a given relative one", "r", { uid: 0 }, {}, "/here/r"],
];

for (const [name, given, { uid, rootless = false, directories = [] }, variables, root] of CASES) {
  test(`stateRoot(): ${name}`, (t) => {
    const isDirectory = (path: string) => directories.includes(path);
    const who = { variable: (name: string) => variables[name], uid: () => uid, rootless: () => rootless, isDirectory };
    t.equal(stateRoot(given, { ...who, directory: () => "/here" }), root);
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
