import { test } from "tap";
import { sysctlSpec } from "../../lib/spec/sysctl.ts";

const FILES = [
  ["net.ipv4.ip_forward", "net/ipv4/ip_forward"],
  ["net/ipv4/ip_forward", "net/ipv4/ip_forward"],
  ["net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding"],
  ["net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding"],
  ["user", "user"],
] as const;

for (const [name, file] of FILES) {
  test(`sysctl ${name} is the file ${file}`, async (t) => {
    t.same(sysctlSpec({ linux: { sysctl: { [name]: "1" } } }), [{ file, value: "1" }]);
  });
}

test("values are texts, in the order of the configuration", async (t) => {
  const config = { linux: { sysctl: { "net.core.somaxconn": "256", "kernel.msgmax": "9000" } } };
  t.same(sysctlSpec(config), [
    { file: "net/core/somaxconn", value: "256" },
    { file: "kernel/msgmax", value: "9000" },
  ]);
  t.same(sysctlSpec({}), []);
});
