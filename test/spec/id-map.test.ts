import { test } from "tap";
import type { Linux, Mount } from "../../lib/config/schema.ts";
import { idMap, isIdMapOption } from "../../lib/spec/id-map.ts";

const map = (containerID: number, hostID: number, size: number) => ({ containerID, hostID, size });
const LINUX: Linux = {
  namespaces: [{ type: "user" }],
  uidMappings: [map(0, 0, 1), map(1, 2, 1000)],
  gidMappings: [map(0, 100, 10), map(10, 500, 10)],
};
const mount = (...options: string[]): Mount => ({ destination: "/m", options });

test("isIdMapOption()", async (t) => {
  for (const option of ["idmap", "ridmap", "idmap=uids=0-0-1;gids=0-0-1"]) t.ok(isIdMapOption(option), option);
  for (const option of ["idmapped", "noidmap", "uid=5"]) t.notOk(isIdMapOption(option), option);
});

test("idMap(): none is asked for", async (t) => {
  t.equal(idMap({ destination: "/m" }, LINUX), undefined);
  t.equal(idMap(mount("bind", "ro"), LINUX), undefined);
});

test("idMap(): the mount's own mappings come first, then an option's, then the container's", async (t) => {
  const own = { uidMappings: [map(0, 7, 1)], gidMappings: [map(0, 8, 1)] };
  t.match(idMap({ ...mount("idmap=uids=0-1-1;gids=0-1-1"), ...own }, LINUX), { ...own, recursive: false });
  t.match(idMap({ ...mount("ridmap"), ...own }, LINUX), { ...own, recursive: true });
  const inline = { uidMappings: [map(0, 1, 10), map(10, 11, 10)], gidMappings: [map(0, 100, 10)] };
  t.match(idMap(mount("idmap=uids=0-1-10#10-11-10;gids=0-100-10"), LINUX), inline);
  t.match(idMap(mount("idmap"), LINUX), { uidMappings: LINUX.uidMappings, gidMappings: LINUX.gidMappings });
  t.match(idMap(mount("idmap"), { namespaces: [{ type: "user", path: "/u" }] }), { path: "/u" });
});

test("idMap(): a range with @ counts from the container's ids, over as many of its ranges as it takes", async (t) => {
  const { uidMappings, gidMappings } = idMap(mount("idmap=uids=@1-3-10;gids=@0-5-10"), LINUX) ?? {};
  t.same(uidMappings, [map(1, 4, 10)]);
  t.same(gidMappings, [map(0, 105, 5), map(5, 500, 5)]);
  t.throws(() => idMap(mount("idmap=uids=@0-0-1;gids=@0-15-10"), LINUX), { message: /id 20 has no mapping/ });
});

test("idMap(): what can't be read is refused", async (t) => {
  for (const text of [
    "",
    "uids=1",
    "uids=0-0-1",
    "uids=0-0-0;gids=0-0-1",
    "uids=0-0-4294967296;gids=0-0-1",
    "uids=0-0-1;gids=0-0-1;x=1",
  ])
    t.throws(() => idMap(mount(`idmap=${text}`), LINUX), { message: /FROM-TO-SIZE/ }, text);
});
