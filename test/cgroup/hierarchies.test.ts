import { test } from "tap";
import { parseMemberships, rootOfMount } from "../../lib/cgroup/hierarchies.ts";

test("parseMemberships() of a v1, a hybrid and a v2 host", async (t) => {
  const hybrid = "12:cpu,cpuacct:/a\n9:name=systemd:/user.slice/x:y\n4:memory:/\n0::/b\n";
  t.strictSame(parseMemberships(hybrid), [
    { controllers: "cpu,cpuacct", own: "/a" },
    { controllers: "systemd", own: "/user.slice/x:y" },
    { controllers: "memory", own: "/" },
    { controllers: "unified", own: "/b" },
  ]);
  t.strictSame(parseMemberships("0::/init.scope\n"), [{ controllers: "unified", own: "/init.scope" }]);
  t.strictSame(parseMemberships(""), []);
});

test("rootOfMount() is the root of the uppermost mount", async (t) => {
  const mountinfo = [
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw",
    "35 31 0:32 /docker/c\\0401 /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory",
    "36 31 0:33 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices",
    "37 31 0:33 /docker /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices",
    "",
  ].join("\n");
  t.equal(rootOfMount(mountinfo, "/sys/fs/cgroup/memory"), "/docker/c 1");
  t.equal(rootOfMount(mountinfo, "/sys/fs/cgroup/devices"), "/docker");
  t.equal(rootOfMount(mountinfo, "/sys/fs/cgroup/pids"), "/");
});
