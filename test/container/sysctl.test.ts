/** config-linux.md § Sysctl: set in the container's namespaces, refused where they would be the host's. */
import { test } from "tap";
import { mountsBut, namespacesBut } from "../support/bundle.ts";
import { inside, refused, running } from "../support/container.ts";
import { read } from "../support/host.ts";

const SET: readonly { name: string; value: string; file?: string; reads?: string }[] = [
  { name: "net.ipv4.ip_forward", value: "1" },
  { name: "net.ipv4.ping_group_range", value: "0 0", reads: "0\t0" },
  { name: "net.ipv4.conf.lo.rp_filter", value: "2" },
  { name: "net/ipv4/conf/lo/arp_filter", value: "1" },
  { name: "net.core.somaxconn", value: "1024" },
  { name: "kernel.shmmax", value: "67108864" },
  { name: "kernel.shm_rmid_forced", value: "1" },
  { name: "kernel.msgmax", value: "65000" },
  { name: "kernel.msgmni", value: "1000" },
  { name: "kernel.sem", value: "250 32000 32 128", reads: "250\t32000\t32\t128" },
  { name: "fs.mqueue.msg_max", value: "20" },
  { name: "fs.mqueue.queues_max", value: "33" },
];

test("sysctls are set inside, and the host keeps its own", async (t) => {
  const file = (name: string) => `/proc/sys/${name.includes("/") ? name : name.replaceAll(".", "/")}`;
  const before = SET.map(({ name }) => read(file(name)));
  const sysctl = Object.fromEntries(SET.map(({ name, value }) => [name, value]));
  const facts = await inside(t, SET.map(({ name }) => `cat ${file(name)}`).join("; "), { linux: { sysctl } });
  const lines = facts.split("\n");
  for (const [index, { name, value, reads = value }] of SET.entries()) t.equal(lines[index], reads, name);
  t.same(
    SET.map(({ name }) => read(file(name))),
    before,
  );
});

test("a sysctl is set although /proc/sys is read-only inside", async (t) => {
  const linux = { sysctl: { "net.ipv4.ip_forward": "1" }, readonlyPaths: ["/proc/sys"] };
  t.equal(
    await inside(
      t,
      "cat /proc/sys/net/ipv4/ip_forward; echo 0 2>/dev/null > /proc/sys/net/ipv4/ip_forward || echo refused",
      { linux },
    ),
    "1\nrefused",
  );
});

test("a sysctl is set although the container has no /proc", async (t) => {
  const elsewhere = { destination: "/srv", type: "proc", source: "proc" };
  const change = { linux: { sysctl: { "net.ipv4.ip_forward": "1" } }, mounts: [...mountsBut("/proc"), elsewhere] };
  t.equal(await inside(t, "cat /srv/sys/net/ipv4/ip_forward; ls /proc", change), "1");
});

test("what a namespace isolates is refused where one is joined that is the runtime's own", async (t) => {
  const joining = (type: string, file: string) => [
    ...namespacesBut(type),
    { type, path: `/proc/${process.pid}/ns/${file}` },
  ];
  const cases = [
    { name: "net.ipv4.ip_forward", type: "network", file: "net" },
    { name: "kernel.shmmax", type: "ipc", file: "ipc" },
    { name: "kernel.domainname", type: "uts", file: "uts" },
  ];
  for (const { name, type, file } of cases) {
    const linux = { namespaces: joining(type, file), sysctl: { [name]: "1" } };
    const told = await refused(t, { hostname: undefined, linux });
    t.match(told, new RegExp(`${name.replaceAll(".", "\\.")}.*${type} namespace.*runtime's own`));
  }
  const linux = { namespaces: joining("uts", "uts") };
  for (const name of ["hostname", "domainname"]) {
    t.match(await refused(t, { hostname: undefined, linux, [name]: "props" }), new RegExp(`${name} must not be set`));
  }
  // Another's is as good as one's own.
  const other = await running(t);
  const { pid } = await other.state();
  const joined = [...namespacesBut("network"), { type: "network", path: `/proc/${pid}/ns/net` }];
  const change = { linux: { namespaces: joined, sysctl: { "net.ipv4.ip_forward": "1" } } };
  t.equal(await inside(t, "cat /proc/sys/net/ipv4/ip_forward", change), "1");
});

test("a sysctl is refused", async (t) => {
  const sysctl = (name: string, value: unknown = "1", linux = {}) => ({
    hostname: undefined,
    linux: { ...linux, sysctl: { [name]: value } },
  });
  t.match(await refused(t, sysctl("kernel.panic")), /kernel\.panic/, "of the whole machine");
  t.match(await refused(t, sysctl("vm.swappiness")), /vm\.swappiness/, "of the whole machine");
  t.match(await refused(t, sysctl("fs.file-max")), /fs\.file-max/, "of the whole machine");
  t.match(await refused(t, sysctl("kernel.core_pattern", "|/x")), /kernel\.core_pattern/, "of the whole machine");
  t.match(
    await refused(t, sysctl("net.ipv4.ip_forward", "1", { namespaces: namespacesBut("network") })),
    /net\.ipv4\.ip_forward|network/,
    "of the host's network",
  );
  t.match(
    await refused(t, sysctl("kernel.shmmax", "1", { namespaces: namespacesBut("ipc") })),
    /kernel\.shmmax|ipc/i,
    "of the host's IPC",
  );
  t.match(await refused(t, sysctl("net.no.such")), /net[./]no[./]such/, "that does not exist");
  t.match(
    await refused(t, sysctl("net.ipv4.ip_forward", "nonsense")),
    /ip_forward/,
    "whose value the kernel does not take",
  );
  t.match(await refused(t, sysctl("net.ipv4.ip_forward", 1)), /sysctl|ip_forward/, "whose value is no text");
  t.match(await refused(t, sysctl("net/../kernel/panic")), /kernel|\.\./, "that climbs");
  t.match(await refused(t, sysctl("net.ipv4...kernel.panic")), /net/, "that climbs in dots");
});
