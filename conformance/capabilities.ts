/** config.md § Linux Process: capabilities. */
import { equal, ok } from "node:assert/strict";
import { CAPABILITIES } from "../lib/linux/capabilities.ts";
import type { Config } from "../test/support/bundle.ts";
import { statusFields } from "./support/asks.ts";
import { must, should } from "./support/requirement.ts";

const SECTION = "config.md § Linux Process";
const WARNED =
  "Any value which cannot be mapped to a relevant kernel interface, or cannot be granted otherwise MUST be logged as a warning by the runtime.";

const mask = (...names: (keyof typeof CAPABILITIES)[]): string =>
  names
    .reduce((sum, name) => sum | (1n << BigInt(CAPABILITIES[name])), 0n)
    .toString(16)
    .padStart(16, "0");

const sets = (capabilities: Config): Config => ({
  process: {
    capabilities: { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [], ...capabilities },
  },
});

const FIELDS = {
  effective: "CapEff",
  bounding: "CapBnd",
  inheritable: "CapInh",
  permitted: "CapPrm",
  ambient: "CapAmb",
} as const;
const kept = (set: string) => `the ${set} field is an array of ${set} capabilities that are kept for the process.`;

/** What each set needs of the others. */
const NEEDS: Readonly<Record<keyof typeof FIELDS, readonly string[]>> = {
  effective: ["effective", "permitted", "bounding"],
  bounding: ["bounding"],
  inheritable: ["inheritable", "bounding"],
  permitted: ["permitted", "bounding"],
  ambient: ["ambient", "inheritable", "permitted", "effective", "bounding"],
};

for (const [set, field] of Object.entries(FIELDS) as [keyof typeof FIELDS, string][]) {
  must(`capabilities-${set}`, SECTION, kept(set), async (c) => {
    const names = ["CAP_KILL", "CAP_CHOWN"];
    // As a user other than root, the kernel adds nothing of its own when the program is executed; what is not ambient is lost then.
    const user = { uid: set === "permitted" || set === "effective" ? 0 : 1000, gid: 0 };
    const change = sets(Object.fromEntries(NEEDS[set].map((name) => [name, names])));
    const { status } = await c.ask({ status: statusFields() }, { process: { ...(change.process as Config), user } });
    equal(status(field), mask("CAP_KILL", "CAP_CHOWN"));
  });
}

must(
  "capabilities-none",
  SECTION,
  "capabilities (object, OPTIONAL) is an object containing arrays that specifies the sets of capabilities for the process.",
  async (c) => {
    const { status } = await c.ask({ status: statusFields() }, sets({}));
    for (const field of Object.values(FIELDS)) equal(status(field), mask(), field);
  },
);

/** With one that no kernel has. */
const UNKNOWN = sets({ bounding: ["CAP_KILL", "CAP_NO_SUCH"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"] });
/** Before, what cannot be granted had to be an error. */
const SINCE = { since: "1.1" };

must(
  "capabilities-unknown-warned",
  SECTION,
  WARNED,
  async (c) => {
    c.prepare(UNKNOWN, {}, "wait");
    const { stderr } = await c.succeed("create", c.create());
    ok(stderr.includes("CAP_NO_SUCH"), `the warning names it: "${stderr.trim()}"`);
  },
  SINCE,
);

should(
  "capabilities-unknown-not-failed",
  SECTION,
  "Runtimes SHOULD NOT fail if the container configuration requests capabilities that cannot be granted",
  async (c) => {
    const { status } = await c.ask({ status: statusFields() }, UNKNOWN);
    equal(status("CapBnd"), mask("CAP_KILL"));
  },
  SINCE,
);

should(
  "capabilities-not-granted",
  SECTION,
  "Runtimes SHOULD NOT fail if the container configuration requests capabilities that cannot be granted",
  async (c) => {
    // Ambient ones must be inheritable too: these can't be granted.
    const { status } = await c.ask(
      { status: statusFields() },
      sets({ bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"], ambient: ["CAP_KILL"] }),
    );
    equal(status("CapAmb"), mask());
  },
  SINCE,
);
