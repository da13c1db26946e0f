/** config-linux.md § Network Devices. */
import { equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Config, NAMESPACES, namespacesBut } from "../test/support/bundle.ts";
import { reads } from "./support/asks.ts";
import { invalid, must, skip } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const SECTION = "config-linux.md § Network Devices";
const SINCE = { since: "1.3" };

let serial = 0;

function ip(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync("ip", args, { encoding: "utf8" });
  if (error !== undefined) skip("needs ip, of iproute2");
  if (status !== 0) skip(`ip ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}

/** A network device of the host that goes with the case. */
function device(c: Subject): string {
  const name = `cf${process.pid % 100_000}x${serial++}`;
  ip("link", "add", name, "type", "veth", "peer", "name", `${name}p`);
  c.after(() => spawnSync("ip", ["link", "delete", name], { stdio: "ignore" }));
  c.after(() => spawnSync("ip", ["link", "delete", `${name}p`], { stdio: "ignore" }));
  return name;
}

const moved = (netDevices: Config, namespaces: readonly Config[] = NAMESPACES): Config => ({
  ociVersion: "1.3.0",
  linux: { namespaces, netDevices },
});
const hasDevice = (name: string): boolean => spawnSync("ip", ["link", "show", name], { stdio: "ignore" }).status === 0;
const flags = (name: string) => reads(`/sys/class/net/${name}/flags`);

must(
  "net-device-moved",
  SECTION,
  "netDevices (object, OPTIONAL) - A set of network devices that MUST be made available in the container.",
  async (c) => {
    const name = device(c);
    const { list } = await c.running({ list: reads("/proc/net/dev") }, moved({ [name]: {} }));
    ok(list.includes(`${name}:`), list);
    ok(!hasDevice(name), "it is no more on the host");
  },
  SINCE,
);

must(
  "net-device-renamed",
  SECTION,
  "name (string, OPTIONAL) - the name of the network device inside the container namespace. If not specified, the host name is used.",
  async (c) => {
    const name = device(c);
    const { list } = await c.running({ list: reads("/proc/net/dev") }, moved({ [name]: { name: "renamed0" } }));
    match(list, /renamed0:/);
    ok(!list.includes(`${name}:`));
  },
  SINCE,
);

must(
  "net-device-template",
  SECTION,
  "unless the user has provided a template by appending %d to the new name. In that case, the runtime MUST allow the move, and the kernel will generate a unique name",
  async (c) => {
    const [first, second] = [device(c), device(c)];
    const { list } = await c.running(
      { list: reads("/proc/net/dev") },
      moved({ [first]: { name: "many%d" }, [second]: { name: "many%d" } }),
    );
    match(list, /many0:/);
    match(list, /many1:/);
  },
  SINCE,
);

must(
  "net-device-up",
  SECTION,
  'The runtime MUST set the network device state to "up" after moving it to the network namespace',
  async (c) => {
    const name = device(c);
    const { up } = await c.running({ up: flags(name) }, moved({ [name]: {} }));
    equal(Number(up.trim()) & 1, 1, `flags ${up}`);
  },
  SINCE,
);

must(
  "net-device-addresses",
  SECTION,
  "The runtime MUST preserve existing network interface attributes, including all permanent IP addresses (IFA_F_PERMANENT flag) of any family with global scope",
  async (c) => {
    const name = device(c);
    ip("link", "set", name, "mtu", "1337", "up");
    ip("address", "add", "198.51.100.7/24", "dev", name);
    ip("-6", "address", "add", "2001:db8::7/64", "dev", name, "nodad");
    const asks = {
      mtu: reads(`/sys/class/net/${name}/mtu`),
      four: reads("/proc/net/fib_trie"),
      six: reads("/proc/net/if_inet6"),
      mac: reads(`/sys/class/net/${name}/address`),
    };
    const mac = /link\/ether (\S+)/.exec(ip("link", "show", name))?.[1];
    const { mtu, four, six, mac: found } = await c.running(asks, moved({ [name]: {} }));
    equal(mtu.trim(), "1337");
    match(four, /198\.51\.100\.7/);
    match(six, /^20010db8000000000000000000000007 /m);
    equal(found.trim(), mac);
  },
  SINCE,
);

must(
  "net-device-missing",
  SECTION,
  "The runtime MUST check if moving the network interface to the container namespace is possible.",
  async (c) => {
    await c.refused(moved({ "no-such-dev0": {} }));
  },
  SINCE,
);

must(
  "net-device-name-taken",
  SECTION,
  "If a network device with the specified name already exists in the container namespace, the runtime MUST generate an error",
  async (c) => {
    const name = device(c);
    await c.refused(moved({ [name]: { name: "lo" } }));
    ok(hasDevice(name), "the device is on the host still");
  },
  SINCE,
);

must(
  "net-device-own-namespace",
  SECTION,
  "The runtime MUST check if moving the network interface to the container namespace is possible.",
  async (c) => {
    await c.refused(moved({ [device(c)]: {} }, namespacesBut("network")));
  },
  SINCE,
);

invalid(
  "net-device-name-invalid",
  async (c) => {
    await c.refused(moved({ [device(c)]: { name: "much-too-long-a-name" } }));
  },
  SINCE,
);
