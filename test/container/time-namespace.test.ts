/** Time namespaces with offsets: config-linux.md § Offset for Time Namespace, time_namespaces(7). */
import { test } from "tap";
import { type Config, merge, NAMESPACES } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { container, inside, refused, running } from "../support/container.ts";
import { read, readLink } from "../support/host.ts";
import { unprivileged } from "../support/unprivileged.ts";

const namespaces = [...NAMESPACES, { type: "time" }];
const offsets = (timeOffsets: object) => ({ linux: { namespaces, timeOffsets } });

/** Seconds since boot, as the host has them. */
const uptime = () => Number(read("/proc/uptime").split(" ")[0]);

test("a new time namespace is no other's; without offsets its clocks are the host's", async (t) => {
  const [link, offset] = (
    await inside(t, "readlink /proc/self/ns/time; cat /proc/self/timens_offsets", { linux: { namespaces } })
  ).split(/\n/);
  t.match(link, /^time:/);
  t.not(link, readLink("/proc/self/ns/time"));
  t.match(offset, /^monotonic +0 +0$/);
});

for (const [name, timeOffsets, expected] of [
  [
    "both clocks",
    { monotonic: { secs: 86400, nanosecs: 5 }, boottime: { secs: 172800 } },
    /monotonic +86400 +5\nboottime +172800 +0$/,
  ],
  ["one clock", { boottime: { secs: 3600, nanosecs: 999_999_999 } }, /monotonic +0 +0\nboottime +3600 +999999999$/],
  ["nanoseconds alone", { monotonic: { nanosecs: 7 } }, /monotonic +0 +7\n/],
  ["a clock set back", { monotonic: { secs: -1 } }, /monotonic +-1 +0\n/],
] as const) {
  test(`offsets: ${name}`, async (t) => {
    t.match(await inside(t, "cat /proc/self/timens_offsets", offsets(timeOffsets)), expected);
  });
}

test("offsets: by crun's annotation", async (t) => {
  const annotations = { "run.oci.timens_offset": "monotonic 3600 0\nboottime 7200 0\n" };
  const seen = await inside(t, "cat /proc/self/timens_offsets", { linux: { namespaces }, annotations });
  t.match(seen, /monotonic +3600 +0\nboottime +7200 +0$/);
});

test("the program reads the clock that is ahead", async (t) => {
  const before = uptime();
  const seen = Number(
    (await inside(t, "cut -d' ' -f 1 /proc/uptime", offsets({ boottime: { secs: 1_000_000 } }))) || 0,
  );
  t.ok(seen >= before + 1_000_000 && seen <= uptime() + 1_000_000, `${seen} is ${before} and a million more`);
});

test("an offset that no clock can have fails create", async (t) => {
  t.match(
    await refused(t, offsets({ monotonic: { secs: -1_000_000_000 } })),
    /set the clocks ahead: monotonic -1000000000 0: write\(.*ERANGE.*may not be set back before 0/,
  );
  t.match(await refused(t, offsets({ boottime: { secs: 9_000_000_000_000_000 } })), /set the clocks ahead.*ERANGE/);
  t.match(await refused(t, offsets({ boottime: { nanosecs: 1_000_000_000 } })), /nanosecs.*999999999/);
  t.match(await refused(t, offsets({ realtime: { secs: 1 } })), /timeOffsets\/realtime.*monotonic or boottime/);
  t.match(await refused(t, { linux: { timeOffsets: { boottime: { secs: 1 } } } }), /come with a time namespace/);
});

test("the offsets of a time namespace that is joined are its own", async (t) => {
  const first = container(t, { ...offsets({ boottime: { secs: 5000 } }), process: { args: ["sleep", "60"] } });
  t.equal((await first.create()).code, 0);
  await first.start();
  const path = `/proc/${(await first.state()).pid}/ns/time`;
  const joined = { linux: { namespaces: [...NAMESPACES, { type: "time", path }] } };
  const script = "readlink /proc/self/ns/time; cat /proc/self/timens_offsets";
  t.match(
    await inside(t, script, joined),
    new RegExp(`^${readLink(path)?.replace(/[[\]]/g, "\\$&")}\n[^]*boottime +5000 +0$`),
  );
  t.match(
    await refused(t, { linux: { ...joined.linux, timeOffsets: { boottime: { secs: 1 } } } }),
    /come with a new time namespace/,
  );
});

test("offsets go with a new user namespace", async (t) => {
  const mapping = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const linux = { namespaces: [...namespaces, { type: "user" }], uidMappings: mapping, gidMappings: mapping };
  const timeOffsets = { boottime: { secs: 77 } };
  t.match(await inside(t, "cat /proc/self/timens_offsets", { linux: { ...linux, timeOffsets } }), /boottime +77 +0$/);
});

const IDS = [{ containerID: 0, hostID: 100_000, size: 1000 }];
const AHEAD = { monotonic: { secs: 86_400 }, boottime: { secs: 1_000_000, nanosecs: 5 } };
const SHOW =
  "cat /proc/self/timens_offsets; for n in time time_for_children; do readlink /proc/self/ns/$n; done | uniq | wc -l; id -u";
const SHOWN = /^monotonic +86400 +0\nboottime +1000000 +5\n1\n0$/;

test("in a user namespace the time namespace belongs to that, and has its offsets", async (t) => {
  const linux = {
    namespaces: [...namespaces, { type: "user" }],
    uidMappings: IDS,
    gidMappings: IDS,
    timeOffsets: AHEAD,
  };
  const subject = await running(t, { linux });
  const { pid } = await subject.state();
  const { code, stdout, stderr } = await subject.exec(["sh", "-c", SHOW]);
  t.equal(code, 0, stderr);
  t.match(stdout.trim(), SHOWN);
  const owners = await run(["lsns", "--noheadings", "--output", "TYPE,ONS", "--task", String(pid)]);
  const user = readLink(`/proc/${pid}/ns/user`).replace(/\D/g, "");
  t.match(owners.stdout, new RegExp(`^ *time +${user}$`, "m"));
  const wrong = { linux: { ...linux, timeOffsets: { monotonic: { secs: -1_000_000_000 } } } };
  t.match(await refused(t, wrong), /set the clocks ahead: monotonic -1000000000 0: write\(.*ERANGE/);
});

test("a user without rights sets the clocks of his containers ahead", async (t) => {
  const { subject, runt, configure } = await unprivileged(t);
  configure((config) => {
    const linux = config.linux as Config & { namespaces: Config[] };
    return merge(config, {
      process: { terminal: false, args: ["sh", "-c", SHOW] },
      linux: { namespaces: [...linux.namespaces, { type: "time" }], timeOffsets: AHEAD },
    });
  });
  const { code, stdout, stderr } = await runt("run", subject.id);
  t.equal(code, 0, stderr);
  t.match(stdout.trim(), SHOWN);
});
