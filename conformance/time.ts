/** config-linux.md § Offset for Time Namespace. */
import { equal, notEqual, ok } from "node:assert/strict";
import { uptime } from "node:os";
import { type Config, NAMESPACES } from "../test/support/bundle.ts";
import { readLink } from "../test/support/host.ts";
import { CANNOT, CREATE } from "./create.ts";
import { ANOTHER_TYPE, INHERIT, SECTION as NAMESPACES_SECTION, PLACE, TWICE } from "./namespaces.ts";
import { fills, leadsTo, reads } from "./support/asks.ts";
import { invalid, must, should, skip } from "./support/requirement.ts";

const SECTION = "config-linux.md § Offset for Time Namespace";
const OFFSETS = "timeOffsets (object, OPTIONAL) sets the offset for Time Namespace.";
const SINCE = { since: "1.1" };
const CLOCKS = { monotonic: 1, boottime: 7 } as const;
const DAY = 86_400;

function clocks(timeOffsets?: Config, more: readonly Config[] = [{ type: "time" }]): Config {
  if (readLink("/proc/self/ns/time") === "") skip("the kernel has no time namespaces");
  const linux = { namespaces: [...NAMESPACES, ...more], ...(timeOffsets && { timeOffsets }) };
  return { ociVersion: "1.1.0", linux };
}

const seconds = (clock: number) => fills("clock_gettime", 16, [clock, undefined]);

should(
  "namespace-time-supported",
  NAMESPACES_SECTION,
  "The following namespace types SHOULD be supported: time",
  async (c) => {
    const { link } = await c.ask({ link: leadsTo("/proc/self/ns/time") }, clocks());
    notEqual(link, readLink("/proc/self/ns/time"));
  },
  SINCE,
);

for (const [name, clock] of Object.entries(CLOCKS)) {
  for (const secs of [7 * DAY, -10]) {
    must(
      `time-offset-${name}-${secs < 0 ? "back" : "forth"}`,
      SECTION,
      OFFSETS,
      async (c) => {
        const before = process.hrtime.bigint();
        const host = uptime();
        const { time } = await c.ask({ time: seconds(clock) }, clocks({ [name]: { secs, nanosecs: 0 } }));
        const passed = Number((process.hrtime.bigint() - before) / 1_000_000_000n);
        const offset = Number(time.getBigInt64(0, true)) - host;
        ok(
          offset > secs - 2 && offset < secs + passed + 2,
          `the clock is ${offset} seconds from the host's, not ${secs}`,
        );
      },
      SINCE,
    );
  }
}

must(
  "time-offset-nanoseconds",
  SECTION,
  "nanosecs (uint32, OPTIONAL) - is the offset of clock (in nanoseconds) in the container.",
  async (c) => {
    const { offsets } = await c.ask(
      { offsets: reads("/proc/self/timens_offsets") },
      clocks({ monotonic: { secs: 5, nanosecs: 123_456_789 } }),
    );
    ok(/^monotonic +5 +123456789$/m.test(offsets), offsets);
  },
  SINCE,
);

must(
  "time-path",
  NAMESPACES_SECTION,
  PLACE,
  async (c) => {
    const host = c.other();
    await host.running({}, clocks({ boottime: { secs: DAY } }));
    const path = `/proc/${(await host.state()).pid}/ns/time`;
    const { link } = await c.ask({ link: leadsTo("/proc/self/ns/time") }, clocks(undefined, [{ type: "time", path }]));
    equal(link, readLink(path));
  },
  SINCE,
);

must(
  "time-inherited",
  NAMESPACES_SECTION,
  INHERIT,
  async (c) => {
    const { link } = await c.ask({ link: leadsTo("/proc/self/ns/time") });
    equal(link, readLink("/proc/self/ns/time"));
  },
  SINCE,
);

must(
  "namespace-time-path-of-another-type",
  NAMESPACES_SECTION,
  ANOTHER_TYPE,
  async (c) => {
    await c.refused(clocks(undefined, [{ type: "time", path: "/proc/self/ns/uts" }]), clocks());
  },
  SINCE,
);

must(
  "time-twice",
  NAMESPACES_SECTION,
  TWICE,
  async (c) => {
    await c.refused(clocks(undefined, [{ type: "time" }, { type: "time" }]), clocks());
  },
  SINCE,
);

const WRONG = {
  "clock-unknown": { realtime: { secs: 1 } },
  "nanoseconds-too-many": { monotonic: { secs: 1, nanosecs: 1_000_000_000 } },
  "seconds-string": { monotonic: { secs: "1" } },
};
for (const [name, offsets] of Object.entries(WRONG)) {
  invalid(
    `time-${name}`,
    async (c) => {
      await c.refused(clocks(offsets), clocks());
    },
    SINCE,
  );
}

must(
  "time-offset-without-namespace",
  CREATE,
  CANNOT,
  async (c) => {
    await c.refused(clocks({ monotonic: { secs: 1 } }, []));
  },
  SINCE,
);
