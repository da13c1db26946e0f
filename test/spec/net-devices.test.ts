import { test } from "tap";
import { netDevicesSpec } from "../../lib/spec/net-devices.ts";

test("a device without a new name keeps the old one", async (t) => {
  const netDevices = { eth0: { name: "container_eth0" }, eth1: {}, eth2: { name: "" } };
  t.strictSame(netDevicesSpec({ linux: { netDevices } }), [
    { name: "eth0", inside: "container_eth0" },
    { name: "eth1", inside: "eth1" },
    { name: "eth2", inside: "eth2" },
  ]);
  t.strictSame(netDevicesSpec({}), []);
});
