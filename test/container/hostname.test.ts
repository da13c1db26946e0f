/** config.md § Hostname, § Domainname: read back with uname(2) and from /proc. */
import { readFileSync } from "node:fs";
import { test } from "tap";
import { namespacesBut } from "../support/bundle.ts";
import { inside, refused } from "../support/container.ts";

const NAMES = ["runt", "a", "with-dash.and.dots", "h".repeat(64), "hôte-日本-𐍈"];
const TELL = "hostname; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname";

for (const name of NAMES) {
  test(`hostname and domainname ${JSON.stringify(name)} are set`, async (t) => {
    t.equal(
      await inside(t, TELL, { hostname: name, domainname: `${name.slice(0, 60)}.org` }),
      `${name}\n${name}\n${name.slice(0, 60)}.org`,
    );
  });
}

test("the host keeps its names, and the container's are the host's until something sets them", async (t) => {
  const host = readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
  const domain = readFileSync("/proc/sys/kernel/domainname", "utf8").trim();
  await inside(t, "true", { hostname: "other", domainname: "other" });
  t.equal(readFileSync("/proc/sys/kernel/hostname", "utf8").trim(), host);
  t.equal(await inside(t, TELL, { hostname: undefined }), `${host}\n${host}\n${domain}`);
});

test("a hostname is refused", async (t) => {
  const withoutUts = { linux: { namespaces: namespacesBut("uts") } };
  t.match(await refused(t, withoutUts), /uts|hostname/i, "that would rename the host");
  t.match(
    await refused(t, { hostname: undefined, domainname: "x", ...withoutUts }),
    /uts|domainname/i,
    "as a domainname is",
  );
  t.match(await refused(t, { hostname: "h".repeat(65) }), /hostname/i, "that is longer than the kernel takes");
});
