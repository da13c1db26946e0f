/** config-linux.md § Network Devices: veth devices of a network namespace that is the test's own, moved into a container. */
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { type Config, NAMESPACES, namespacesBut } from "../support/bundle.ts";
import { PATH, type Result, run } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { until } from "../support/host.ts";

/** A network namespace that stands for the host's: `ip` there, and runt there. */
class Host {
  readonly net: string;
  readonly launcher: string[];

  /** @param pid a process in it */
  constructor(pid: number) {
    this.net = `/proc/${pid}/ns/net`;
    this.launcher = ["nsenter", `--net=${this.net}`];
  }

  /** @returns what ip(8) prints. @throws when it fails */
  async ip(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run([...this.launcher, "ip", ...args]);
    if (code !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** The names of the interfaces. */
  async names(): Promise<string[]> {
    return JSON.parse(await this.ip("-json", "link")).map(({ ifname }: { ifname: string }) => ifname);
  }
}

async function host(t: Test, ...devices: string[]): Promise<Host> {
  const program = background(t, ["unshare", "--net", "sh", "-c", "echo held; exec sleep 120"]);
  await program.says(/held/);
  const made = new Host(program.pid);
  for (const device of devices) await made.ip("link", "add", device, "type", "veth", "peer", "name", `${device}-peer`);
  return made;
}

const devices = (netDevices: Config, namespaces: readonly Config[] = NAMESPACES) => ({
  process: { args: ["sleep", "60"] },
  linux: { netDevices, namespaces },
});

interface Seen {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly address: string;
  readonly addr_info: readonly {
    local: string;
    prefixlen: number;
    scope: string;
    label?: string;
    broadcast?: string;
  }[];
}

/** The interfaces of the container but for lo, as ip(8) of the host sees them there. */
async function seenIn(subject: Container): Promise<Seen[]> {
  const { pid } = await subject.state();
  const { stdout } = await run(["nsenter", `--net=/proc/${pid}/ns/net`, "ip", "-json", "address"]);
  return JSON.parse(stdout).filter(({ ifname }: Seen) => ifname !== "lo");
}

async function created(t: Test, from: Host, change: Config): Promise<Seen[]> {
  const subject = container(t, change);
  const { code, stderr } = await subject.create([], { launcher: from.launcher });
  t.equal(code, 0, stderr);
  return seenIn(subject);
}

async function refusedBy(t: Test, from: Host, change: Config): Promise<string> {
  const subject = container(t, change);
  const { code, stderr }: Result = await subject.create([], { launcher: from.launcher });
  t.not(code, 0, "create fails");
  t.same(await subject.remains(), [], "nothing is left");
  return stderr;
}

test("netDevices: a device is moved with its name, and is up", async (t) => {
  const from = await host(t, "v0");
  await from.ip("link", "set", "v0", "mtu", "1400", "address", "02:00:00:00:00:07");
  const [seen, ...others] = await created(t, from, devices({ v0: {} }));
  t.same(others, []);
  t.match(seen, { ifname: "v0", mtu: 1400, address: "02:00:00:00:00:07" }, "what it was set to stays");
  t.ok(seen?.flags.includes("UP"));
  t.same(await from.names(), ["lo", "v0-peer"], "it is no longer outside");
});

test("netDevices: a device gets the name that it is given", async (t) => {
  const from = await host(t, "v0", "v1");
  const seen = await created(t, from, devices({ v0: { name: "eth0" }, v1: { name: "v0" } }));
  t.same(seen.map(({ ifname }) => ifname).sort(), ["eth0", "v0"]);
});

test("netDevices: permanent global addresses are kept, others are not", async (t) => {
  const from = await host(t, "v0");
  await from.ip("address", "add", "10.1.2.3/24", "broadcast", "10.1.2.255", "label", "v0:a", "dev", "v0");
  await from.ip("address", "add", "10.1.2.4/24", "dev", "v0");
  await from.ip("address", "add", "10.9.0.1", "peer", "10.9.0.2/32", "dev", "v0");
  await from.ip("address", "add", "169.254.3.3/16", "scope", "link", "dev", "v0");
  await from.ip("address", "add", "10.7.7.7/24", "valid_lft", "1000", "preferred_lft", "1000", "dev", "v0");
  await from.ip("-6", "address", "add", "fd00::7/64", "nodad", "dev", "v0");
  await from.ip("link", "set", "v0", "up");
  const [seen] = await created(t, from, devices({ v0: { name: "eth0" } }));
  const all = seen?.addr_info.filter(({ scope }) => scope === "global") ?? [];
  t.same(all.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort(), [
    "10.1.2.3/24",
    "10.1.2.4/24",
    "10.9.0.1/32",
    "fd00::7/64",
  ]);
  t.match(
    all.find(({ local }) => local === "10.1.2.3"),
    { label: "eth0:a", broadcast: "10.1.2.255" },
  );
  t.match(
    all.find(({ local }) => local === "10.1.2.4"),
    { label: "eth0" },
  );
  t.notOk(
    seen?.addr_info.some(({ local }) => local === "169.254.3.3"),
    "one of the link's scope is not taken along",
  );
});

test("netDevices: %d becomes a number that is free", async (t) => {
  const from = await host(t, "v0", "v1");
  const template = { name: "eth%d" };
  const seen = await created(t, from, devices({ v0: template, v1: template }));
  t.same(seen.map(({ ifname }) => ifname).sort(), ["eth0", "eth1"]);
  t.ok(seen.every(({ flags }) => flags.includes("UP")));
  const crossed = await created(
    t,
    await host(t, "v0", "v1", "eth0"),
    devices({ v0: template, eth0: template, v1: { name: "eth1" } }),
  );
  const names = crossed.map(({ ifname }) => ifname).sort();
  t.match(names, ["eth0", "eth1", /^eth[2-9]$/], "names that are given come first");
  const same = await created(t, await host(t, "eth0"), devices({ eth0: template }));
  t.same(
    same.map(({ ifname }) => ifname),
    ["eth0"],
    "its own, when that is free",
  );
});

test("netDevices: into a network namespace that is joined, where indices and names may be taken", async (t) => {
  const from = await host(t, "v0", "v1");
  const to = await host(t, "eth0", "eth1");
  const joined = [...namespacesBut("network"), { type: "network", path: to.net }];
  await from.ip("address", "add", "10.1.2.3/24", "dev", "v0");
  const seen = await created(t, from, devices({ v0: { name: "eth%d" }, v1: {} }, joined));
  t.same(seen.map(({ ifname }) => ifname).sort(), ["eth0", "eth0-peer", "eth1", "eth1-peer", "eth2", "v1"]);
  t.match(seen.find(({ ifname }) => ifname === "eth2")?.addr_info, [{ local: "10.1.2.3" }]);

  t.match(
    await refusedBy(t, await host(t, "v0"), devices({ v0: { name: "eth0" } }, joined)),
    /move network device "v0" into the container: .*has a device "eth0" already/,
    "a name that is taken is an error",
  );
});

test("netDevices: what cannot be is refused, and nothing has moved", async (t) => {
  const from = await host(t, "v0", "v1");
  const before = await from.names();
  const refused = (netDevices: Config, namespaces?: readonly Config[]) =>
    refusedBy(t, from, devices(netDevices, namespaces));
  t.match(await refused({ v0: {}, v9: {} }), /find network device "v9" of linux.netDevices: .*ENODEV: no such device/);
  t.match(await refused({ lo: { name: "lo2" } }), /move network device "lo" into the container as "lo2": .*EINVAL/);
  t.match(await refused({ lo: {} }), /has a device "lo" already/);
  t.match(await refused({ v0: {} }, namespacesBut("network")), /netDevices must come with a network namespace/);
  const own = [...namespacesBut("network"), { type: "network", path: from.net }];
  t.match(await refused({ v0: { name: "x" } }, own), /needs a network namespace that is not the runtime's own/);
  for (const name of ["a/b", "a b", "a:b", "..", "sixteencharacter", "a%sb", "%d%d"]) {
    t.match(await refused({ v0: { name } }), /netDevices\/v0\/name must be a name of 1 to 15/, name);
  }
  t.match(await refused({ v0: { name: "x" }, v1: { name: "x" } }), /must differ from the other names inside/);
  t.same(await from.names(), before);
});

test("netDevices: when create fails later, they are back as they were", async (t) => {
  const from = await host(t, "v0", "v1");
  await from.ip("address", "add", "10.1.2.3/24", "dev", "v0");
  await from.ip("link", "set", "v0", "up");
  const links = async () => (await from.ip("-brief", "address")).replaceAll(/\s+fe80\S*/g, "").replaceAll(/ +/g, " ");
  const before = await links();
  const moved = { v0: { name: "eth0" }, v1: {} };
  const late = { ...devices(moved), process: { args: ["/no/such/program"] } };
  t.match(await refusedBy(t, from, late), /no\/such\/program/);
  t.equal(await links(), before, "after a step of the init program");
  const wrong = { hooks: { createRuntime: [{ path: "/bin/false" }] } };
  t.match(await refusedBy(t, from, { ...devices(moved), ...wrong }), /run createRuntime hook/);
  t.equal(await links(), before, "after a hook");
  t.match(await refusedBy(t, from, devices({ ...moved, lo: { name: "lo2" } })), /move network device "lo"/);
  t.equal(await links(), before, "after a device that can't be moved");
});

test("netDevices: hooks and sysctls find the devices; the end of the container is the end of virtual ones", async (t) => {
  const from = await host(t, "v0");
  const script = `pid=$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/'); nsenter --net=/proc/$pid/ns/net ip link show eth0`;
  const hooks = { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", script], env: [`PATH=${PATH}`] }] };
  const change = devices({ v0: { name: "eth0" } });
  const sysctl = { "net.ipv4.conf.eth0.forwarding": "1" };
  const subject = container(t, { ...change, hooks, linux: { ...change.linux, sysctl } });
  const { code, stderr } = await subject.create([], { launcher: from.launcher });
  t.equal(code, 0, stderr);
  t.equal((await subject.delete("--force")).code, 0);
  await until("the kernel has ended the namespace", async () => (await from.names()).length === 1);
  t.same(await from.names(), ["lo"], "a veth pair is no more");
});
