/** config.md § User: ids, supplementary groups and umask, as /proc/self/status has them. */
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { inside, refused } from "../support/container.ts";
import { status } from "../support/host.ts";

const USERS: readonly { user: Config; uid: number; gid: number; groups: string; umask: string }[] = [
  { user: { uid: 0, gid: 0 }, uid: 0, gid: 0, groups: "", umask: "0022" },
  { user: { uid: 1000, gid: 1000 }, uid: 1000, gid: 1000, groups: "", umask: "0022" },
  { user: { uid: 1000, gid: 0 }, uid: 1000, gid: 0, groups: "", umask: "0022" },
  { user: { uid: 0, gid: 7, additionalGids: [] }, uid: 0, gid: 7, groups: "", umask: "0022" },
  { user: { uid: 5, gid: 6, additionalGids: [9, 8, 2000] }, uid: 5, gid: 6, groups: "8 9 2000", umask: "0022" },
  { user: { uid: 0, gid: 0, additionalGids: [0, 5] }, uid: 0, gid: 0, groups: "0 5", umask: "0022" },
  { user: { uid: 0, gid: 0, umask: 0o77 }, uid: 0, gid: 0, groups: "", umask: "0077" },
  { user: { uid: 0, gid: 0, umask: 0 }, uid: 0, gid: 0, groups: "", umask: "0000" },
  { user: { uid: 1, gid: 1, umask: 0o777 }, uid: 1, gid: 1, groups: "", umask: "0777" },
  // The largest id there is: the next one is setuid(2)'s "leave it".
  {
    user: { uid: 4294967294, gid: 4294967294, additionalGids: [4294967294] },
    uid: 4294967294,
    gid: 4294967294,
    groups: "4294967294",
    umask: "0022",
  },
];

for (const { user, uid, gid, groups, umask } of USERS) {
  test(`user ${JSON.stringify(user)}`, async (t) => {
    const facts = await inside(t, "cat /proc/self/status", { process: { user } });
    // Real, effective, saved and file system id.
    t.equal(status(facts, "Uid"), Array(4).fill(uid).join("\t"));
    t.equal(status(facts, "Gid"), Array(4).fill(gid).join("\t"));
    t.equal(status(facts, "Groups"), groups);
    t.equal(status(facts, "Umask"), umask);
  });
}

test("65536 supplementary groups are all set", async (t) => {
  const additionalGids = Array.from({ length: 65536 }, (_, index) => index);
  const groups = await inside(t, "grep ^Groups /proc/self/status | wc -w", {
    process: { user: { uid: 0, gid: 0, additionalGids } },
  });
  t.equal(groups, "65537", "the line's name and its groups");
});

test("a user is refused", async (t) => {
  t.match(
    await refused(t, { process: { user: { uid: 0, gid: undefined, umask: 0 } } }),
    /gid/,
    "without gid, with umask",
  );
  t.match(await refused(t, { process: { user: { uid: 0, gid: 0, umask: -1 } } }), /umask/, "whose umask is negative");
  t.match(await refused(t, { process: { user: { uid: "0", gid: 0 } } }), /uid/, "whose id is a text");
});

test("the annotation run.oci.keep_original_groups keeps the groups of runt's caller", async (t) => {
  const groups = async (value: string) => {
    const change = {
      annotations: { "run.oci.keep_original_groups": value },
      process: { user: { uid: 5, gid: 6, additionalGids: [7] } },
    };
    const launcher = ["setpriv", "--groups", "8,9"];
    return status(await inside(t, "cat /proc/self/status", change, { launcher }), "Groups");
  };
  t.equal(await groups("1"), "8 9");
  t.equal(await groups("0"), "7");
});
