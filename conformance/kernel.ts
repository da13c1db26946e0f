/** config-linux.md § Sysctl and § Personality. */
import { equal, match } from "node:assert/strict";
import { type Config, namespacesBut } from "../test/support/bundle.ts";
import { calls, fills, reads } from "./support/asks.ts";
import { invalid, must } from "./support/requirement.ts";

const SYSCTL = "config-linux.md § Sysctl";
const ALLOWS = "sysctl (object, OPTIONAL) allows kernel parameters to be modified at runtime for the container.";
const sysctl = (map: Config, more: Config = {}): Config => ({ linux: { sysctl: map, ...more } });

for (const [name, [key, file, value]] of Object.entries({
  network: ["net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward", "1"],
  ipc: ["kernel.msgmax", "/proc/sys/kernel/msgmax", "9999"],
  mqueue: ["fs.mqueue.queues_max", "/proc/sys/fs/mqueue/queues_max", "77"],
} as const)) {
  must(`sysctl-${name}`, SYSCTL, ALLOWS, async (c) => {
    const { found } = await c.ask({ found: reads(file) }, sysctl({ [key]: value }));
    equal(found.trim(), value);
  });
}

must(
  "sysctl-unknown",
  SYSCTL,
  "[runtime.md:] If the runtime cannot apply a property as specified in the configuration, it MUST generate an error",
  async (c) => {
    await c.refused(sysctl({ "net.ipv4.no_such_parameter": "1" }));
  },
);

must(
  "sysctl-value-refused-by-the-kernel",
  SYSCTL,
  "[runtime.md:] If the runtime cannot apply a property as specified in the configuration, it MUST generate an error",
  async (c) => {
    await c.refused(sysctl({ "net.ipv4.ip_forward": "many" }));
  },
);

must(
  "sysctl-of-the-host",
  SYSCTL,
  "allows kernel parameters to be modified at runtime for the container.",
  async (c) => {
    // It is no namespace's: set, it would hold for the whole machine.
    await c.refused(sysctl({ "vm.swappiness": "60" }));
  },
);

must(
  "sysctl-of-the-hosts-network",
  SYSCTL,
  "allows kernel parameters to be modified at runtime for the container.",
  async (c) => {
    await c.refused(sysctl({ "net.ipv4.ip_default_ttl": "64" }, { namespaces: namespacesBut("network") }));
  },
);

const PERSONALITY = "config-linux.md § Personality";
const SINCE = { since: "1.0.2" };
const uname = fills("uname", 390, [undefined]);
const machine = (view: DataView): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, 4 * 65, 65)).replace(/\0.*$/s, "");

must(
  "personality-linux32",
  PERSONALITY,
  "LINUX32 will set the uname system call to show a 32 bit CPU type, such as i686.",
  async (c) => {
    const { name } = await c.ask({ name: uname }, { linux: { personality: { domain: "LINUX32" } } });
    match(machine(name), /^(i686|armv8l)$/);
  },
  SINCE,
);

must(
  "personality-linux",
  PERSONALITY,
  "domain (string, REQUIRED) - the execution domain.",
  async (c) => {
    const { value } = await c.ask(
      { value: calls("personality", 0xffffffff) },
      { linux: { personality: { domain: "LINUX" } } },
    );
    equal(value, 0);
  },
  SINCE,
);

invalid(
  "personality-unknown",
  async (c) => {
    await c.refused({ linux: { personality: { domain: "SOLARIS" } } });
  },
  SINCE,
);

must(
  "personality-flags",
  PERSONALITY,
  "flags (array of strings, OPTIONAL) - the additional flags to apply. Currently no flag values are supported.",
  async (c) => {
    await c.refused({ linux: { personality: { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] } } });
  },
  SINCE,
);
