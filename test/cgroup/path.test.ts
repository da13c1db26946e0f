import { test } from "tap";
import { cgroupPlace, mountPointOf, ownBelowMount, parentOf } from "../../lib/cgroup/path.ts";

test("cgroupPlace(): absolute counts from the mount point, all else from the runtime's own cgroup", async (t) => {
  const cases: [string | undefined, { relative: boolean; path: string }][] = [
    ["/docker/c1", { relative: false, path: "/docker/c1" }],
    ["/docker//./c1/", { relative: false, path: "/docker/c1" }],
    ["/a/../../../b", { relative: false, path: "/b" }],
    ["pod/c1", { relative: true, path: "/pod/c1" }],
    ["../../pod/c1", { relative: true, path: "/pod/c1" }],
    ["", { relative: true, path: "/id" }],
    [undefined, { relative: true, path: "/id" }],
    ["/system.slice:docker:c1", { relative: false, path: "/system.slice:docker:c1" }],
    ["a:b", { relative: true, path: "/a:b" }],
  ];
  for (const [cgroupsPath, place] of cases) t.strictSame(cgroupPlace(cgroupsPath, "id"), place, `${cgroupsPath}`);
});

test("cgroupPlace() refuses the root of the hierarchies and systemd's form", async (t) => {
  for (const path of ["/", "/..", "//", ".", "..", "a/.."]) {
    t.throws(() => cgroupPlace(path, "id"), { message: /is the root of the hierarchies/ }, path);
  }
  for (const path of ["system.slice:docker:c1", ":runt:c1", "user.slice:libpod:c1"]) {
    t.throws(() => cgroupPlace(path, "id"), { message: /slice:prefix:name.*systemd cgroup manager/ }, path);
  }
});

test("ownBelowMount() takes off what the mount does not show", async (t) => {
  const cases: [string, string, string][] = [
    ["/", "/", ""],
    ["/user/me", "/", "/user/me"],
    ["/docker/c1", "/docker/c1", ""],
    ["/docker/c1/sub", "/docker/c1", "/sub"],
    ["/docker/c10", "/docker/c1", ""],
    ["/elsewhere", "/docker/c1", ""],
    ["/../outside", "/", "/outside"],
  ];
  for (const [own, root, expected] of cases) t.equal(ownBelowMount(own, root), expected, `${own} of ${root}`);
});

test("mountPointOf() and parentOf()", async (t) => {
  t.equal(mountPointOf(1, "/sys/fs/cgroup/cpu,cpuacct/a/b"), "/sys/fs/cgroup/cpu,cpuacct");
  t.equal(mountPointOf(1, "/sys/fs/cgroup/memory"), "/sys/fs/cgroup/memory");
  t.equal(mountPointOf(2, "/sys/fs/cgroup/a/b"), "/sys/fs/cgroup");
  t.equal(parentOf("/a/b"), "/a");
  t.equal(parentOf("/a"), "");
  t.equal(parentOf(""), "");
});
