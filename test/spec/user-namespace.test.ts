import { test } from "tap";
import type { Namespace } from "../../lib/config/schema.ts";
import { CAPABILITIES } from "../../lib/linux/capabilities.ts";
import { outsideId, parseIdMap, userNamespaceSpec } from "../../lib/spec/user-namespace.ts";

const MAPPINGS = [{ containerID: 0, hostID: 1000, size: 1 }];

/** @param lacks capabilities that the runtime has not */
const spec = (namespaces: Namespace[], lacks: readonly number[] = []) => {
  const config = { linux: { namespaces, uidMappings: MAPPINGS, gidMappings: MAPPINGS } };
  return userNamespaceSpec(config, { capable: (one) => !lacks.includes(one) });
};

test("without a user namespace there is none", async (t) => t.equal(spec([{ type: "mount" }]), undefined));

test("a new one has maps, one that is joined has its own", async (t) => {
  t.match(spec([{ type: "user" }]), { uidMappings: MAPPINGS, gidMappings: MAPPINGS });
  t.match(spec([{ type: "user", path: "" }]), { uidMappings: MAPPINGS, gidMappings: MAPPINGS });
  t.match(spec([{ type: "user", path: "/u" }]), { uidMappings: { length: 0 }, gidMappings: { length: 0 } });
});

test("the host's rights are of use only with them, and in a mount namespace that is the container's", async (t) => {
  const both: Namespace[] = [{ type: "user" }, { type: "mount" }];
  t.equal(spec(both)?.openedByHost, true);
  t.equal(spec(both, [CAPABILITIES.CAP_SYS_ADMIN])?.openedByHost, false);
  t.equal(spec(both, [CAPABILITIES.CAP_SYS_CHROOT])?.openedByHost, false);
  t.equal(spec([{ type: "user" }])?.openedByHost, false);
  t.equal(spec([{ type: "user" }, { type: "mount", path: "/m" }])?.openedByHost, false);
});

test("an id outside is looked up in the map", async (t) => {
  const map = parseIdMap("         0       1000          1\n         1     100000      65536\n");
  t.same(map[1], { containerID: 1, hostID: 100_000, size: 65_536 });
  for (const [id, outside] of [
    [0, 1000],
    [1, 100_000],
    [65_536, 165_535],
    [65_537, undefined],
  ] as const)
    t.equal(outsideId(map, id), outside);
  t.equal(outsideId(parseIdMap("         0          0 4294967295\n"), 5), 5);
  t.same(parseIdMap(""), [], "that of a namespace that has no map yet");
});
