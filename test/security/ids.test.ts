/** User and group ids: strictly 32 bits, never a name, never rounded into root. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { container, inside, refused } from "../support/container.ts";
import { status } from "../support/host.ts";

/** As texts of JSON: some of these numbers no double can hold. */
const BAD = [
  "4294967296",
  "4294967295",
  "-1",
  "1.5",
  "1e10",
  "18446744073709551616",
  "18446744073709551615",
  "9007199254740993",
  "-0.5",
  '"0"',
  "null",
  "true",
  "[0]",
  "{}",
];

for (const property of ["uid", "gid", "additionalGids"]) {
  test(`CVE-2024-40635, CVE-2026-46680: ${property} of no id is refused`, async (t) => {
    for (const value of BAD) {
      const subject = container(t);
      const marker = property === "additionalGids" ? '["marker"]' : '"marker"';
      const user = { uid: 1000, gid: 1000, [property]: property === "additionalGids" ? ["marker"] : "marker" };
      const text = JSON.stringify({
        ...subject.config,
        process: { ...(subject.config.process as object), args: ["id"], user },
      });
      writeFileSync(
        join(subject.bundle, "config.json"),
        text.replace(marker, property === "additionalGids" ? `[${value}]` : value),
      );
      const { code, stdout, stderr } = await subject.run();
      t.not(code, 0, `${value}: ${stdout}`);
      t.match(stderr, new RegExp(`${property}|config\\.json`), value);
      await subject.discard();
    }
  });
}

test("CVE-2016-3697: a user of passwd whose name is a number is not meant by that number", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    writeFileSync(join(it.rootfs, "etc/passwd"), "31337::0:0:::\nroot:x:0:0:root:/root:/bin/sh\n");
    writeFileSync(join(it.rootfs, "etc/group"), "31337:x:0:\n");
    return { root, process: { args: ["cat", "/proc/self/status"], user: { uid: 31337, gid: 31337 } } };
  });
  const { stdout } = await subject.run();
  t.equal(status(stdout, "Uid"), "31337\t31337\t31337\t31337");
  t.equal(status(stdout, "Gid"), "31337\t31337\t31337\t31337");
});

test("CVE-2026-30892: small and round ids stay what they are", async (t) => {
  for (const id of [1, 2, 10, 100, 1000, 65534, 65535, 65536, 2147483647]) {
    const facts = await inside(t, "cat /proc/self/status", { process: { user: { uid: id, gid: id } } });
    t.equal(status(facts, "Uid"), Array(4).fill(id).join("\t"));
    t.equal(status(facts, "Gid"), Array(4).fill(id).join("\t"));
  }
});

test("CVE-2022-2989: the caller's supplementary groups do not come along", async (t) => {
  const launcher = ["setpriv", "--groups", "7,8,9", "--"];
  const facts = (user: object) => inside(t, "cat /proc/self/status", { process: { user } }, { launcher });
  t.equal(status(await facts({ uid: 0, gid: 0 }), "Groups"), "");
  t.equal(status(await facts({ uid: 1000, gid: 1000, additionalGids: [11] }), "Groups"), "11");
});

test("CVE-2022-24769, CVE-2022-29162, CVE-2022-27650, CVE-2025-27612: nothing is inheritable that config.json does not name", async (t) => {
  const launcher = ["setpriv", "--inh-caps", "+chown,+kill", "--ambient-caps", "+chown,+kill", "--"];
  for (const uid of [0, 1000]) {
    const facts = await inside(t, "cat /proc/self/status", { process: { user: { uid, gid: uid } } }, { launcher });
    t.equal(status(facts, "CapInh"), "0".repeat(16));
    t.equal(status(facts, "CapAmb"), "0".repeat(16));
  }
});

test("CVE-2024-40635: a container is not root by way of its mappings' size", async (t) => {
  t.ok(await refused(t, { linux: { uidMappings: [{ containerID: 0, hostID: 0, size: 4294967296 }] } }));
});
