import { test } from "tap";
import { cleanPath, directoryOf, lastName, resolveSymlinks } from "../../lib/spec/paths.ts";

const PATHS = {
  "/": "/",
  "/a/b": "/a/b",
  "/a/b/": "/a/b",
  "a/b": "/a/b",
  "": "/",
  "//a///b": "/a/b",
  "/a/./b/.": "/a/b",
  "/a/b/..": "/a",
  "/../../etc": "/etc",
  "/a/..": "/",
  "..": "/",
  "/a/...": "/a/...",
  "/.hidden/..x/x..": "/.hidden/..x/x..",
};

for (const [path, clean] of Object.entries(PATHS)) {
  test(`cleanPath: "${path}"`, async (t) => {
    t.equal(cleanPath(path), clean);
  });
}

const LINKS: Readonly<Record<string, string>> = {
  "/absolute": "/real/a",
  "/a/relative": "../real/./b",
  "/up": "../../..",
  "/real/a/again": "/absolute/x",
  "/loop": "/loop",
};

const PLACES = {
  "/a/b": "/a/b",
  "/": "/",
  "/absolute": "/real/a",
  "/absolute/c": "/real/a/c",
  "/a/relative/c": "/real/b/c",
  "/up/etc": "/etc",
  "/absolute/again/y": "/real/a/x/y",
  "/loop/x": "/loop/x",
};

for (const [path, place] of Object.entries(PLACES)) {
  test(`resolveSymlinks: "${path}"`, async (t) => {
    t.equal(
      resolveSymlinks(path, (link) => LINKS[link]),
      place,
    );
  });
}

test("lastName() and directoryOf() part a path", async (t) => {
  t.same(["/a/b", "/a", "/"].map(lastName), ["b", "a", ""]);
  t.same(["/a/b", "/a", "/"].map(directoryOf), ["/a", "/", "/"]);
});
