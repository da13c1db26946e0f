import { test } from "tap";
import { checkProc, isBelow, placeOf, refuseMount } from "../../lib/spec/mount-place.ts";

const LINKS: Readonly<Record<string, string>> = {
  "/link": "/new",
  "/x": "/proc",
  "/x/sys": "/proc/sys",
  "/u": "/proc/uptime",
};

function place(destination: string, isProcfs = false, mounted: readonly string[] = []): string {
  const surroundings = {
    place: (path: string) => LINKS[path] ?? path,
    covered: (path: string) => isBelow(path, new Set(mounted)),
  };
  return placeOf({ destination }, () => isProcfs, surroundings);
}

test("placeOf: where symlinks of the image lead", async (t) => {
  t.equal(place("/a"), "/a");
  t.equal(place("a/../link/"), "/new");
  t.equal(place("/u"), "/proc/uptime");
});

test("placeOf: what has been mounted is not looked into", async (t) => {
  const asked: string[] = [];
  const surroundings = {
    place: (path: string) => {
      asked.push(path);
      return path.replace("/link", "/a");
    },
    covered: (path: string) => path.startsWith("/a/"),
  };
  const at = (destination: string) => placeOf({ destination }, () => false, surroundings);
  t.equal(at("/a/link"), "/a/link");
  t.equal(at("/link/c"), "/link/c", "the rest is left to the kernel");
  t.same(asked, ["/link/c"]);
});

test("placeOf: nothing but a procfs covers /proc, and nothing what is in it, also by symlinks", async (t) => {
  t.throws(() => place("/proc"), /^mount on \/proc: only a procfs can be mounted there$/);
  t.throws(() => place("/a/../proc/sys", true), /^mount on \/a\/..\/proc\/sys: inside \/proc only \/proc\/cpuinfo, /);
  t.throws(() => place("/x"), /^mount on \/x: it leads to \/proc, and only a procfs can be mounted there$/);
  t.throws(
    () => place("/x/sys", true, ["/proc"]),
    /^mount on \/x\/sys: it leads to \/proc\/sys, and inside \/proc only /,
  );
  t.equal(place("/x", true), "/proc");
});

test("checkProc: what only begins like /proc is another place", async (t) => {
  checkProc({ destination: "/process" }, "/process", () => false);
  checkProc({ destination: "/proc/stat" }, "/proc/stat", () => false);
  t.pass();
});

test("isBelow: a directory above, not a name that begins alike", async (t) => {
  const places = new Set(["/a", "/b/c"]);
  t.same(
    ["/a/x", "/a/x/y", "/b/c/d", "/a", "/ab", "/b", "/b/cd", "/"].filter((path) => isBelow(path, places)),
    ["/a/x", "/a/x/y", "/b/c/d"],
  );
  t.same(
    ["/", "/a"].filter((path) => isBelow(path, new Set(["/"]))),
    ["/a"],
  );
});

test("refuseMount: the destination as it is written", async (t) => {
  t.throws(() => refuseMount({ destination: "a//b" }, "why"), { message: "mount on a//b: why" });
});
