import { test } from "tap";
import { subPlaces } from "../../lib/cgroup/sub-places.ts";

const V1 = {
  version: 1,
  paths: { "cpu,cpuacct": "/c/cpu/x", memory: "/c/memory/x", unified: "/c/unified/x" },
} as const;
const V2 = { version: 2, paths: { unified: "/c/x" } } as const;

const PLACES: readonly [arguments: string[], host: typeof V1 | typeof V2, places: Record<string, string>][] = [
  [[], V1, {}],
  [["sub"], V1, { "cpu,cpuacct": "/sub", memory: "/sub", unified: "/sub" }],
  [["/a//b/./c/"], V2, { unified: "/a/b/c" }],
  [["/"], V2, { unified: "/" }],
  [[""], V2, { unified: "/" }],
  [["memory:sub"], V1, { memory: "/sub" }],
  [["cpu,memory:sub", "unified:/other"], V1, { "cpu,cpuacct": "/sub", memory: "/sub", unified: "/other" }],
  [["cpu:a", "cpuacct:/a"], V1, { "cpu,cpuacct": "/a" }],
];

for (const [below, host, places] of PLACES) {
  test(`subPlaces() of ${JSON.stringify(below)} on v${host.version}`, async (t) => {
    t.same(Object.fromEntries(subPlaces(host, below)), places);
  });
}

const WRONG: readonly [arguments: string[], host: typeof V1 | typeof V2, says: RegExp][] = [
  [["../y"], V2, /"\.\.\/y": it leads out of the container's cgroup/],
  [["a/../../y"], V1, /leads out/],
  [["memory:.."], V1, /leads out/],
  [["a", "b"], V1, /"a": of several, each needs a controller: prefix/],
  [["memory:a"], V2, /prefix is for cgroup v1/],
  [[":a"], V1, /no "" cgroup/],
  [["memory,:a"], V1, /no "" cgroup/],
  [["rdma:a"], V1, /no "rdma" cgroup/],
  [["cpu:a", "cpuacct:b"], V1, /cpuacct has been given another place/],
];

for (const [below, host, says] of WRONG) {
  test(`subPlaces() refuses ${JSON.stringify(below)} on v${host.version}`, async (t) => {
    t.throws(() => subPlaces(host, below), says);
  });
}
