import { test } from "tap";
import { type DefaultOptions, defaultConfig } from "../../lib/config/default.ts";
import { parseConfig } from "../../lib/config/load.ts";
import { faultsOf } from "./support.ts";

const ROOTLESS = { rootless: { uid: 1000, gid: 100 } };
const types = (options: DefaultOptions): string[] =>
  (defaultConfig(options).linux?.namespaces ?? []).map(({ type }) => type);

test("every default is a valid config", (t) => {
  for (const options of [{}, { cgroup2: true }, ROOTLESS, { cgroup2: true, ...ROOTLESS }]) {
    t.strictSame(faultsOf(parseConfig, JSON.stringify(defaultConfig(options))), [], JSON.stringify(options));
  }
  t.end();
});

test("the default is a shell on a terminal, read-only and with few rights", (t) => {
  const { ociVersion, root, process, hostname, linux } = defaultConfig();
  t.strictSame(
    { ociVersion, root, hostname },
    { ociVersion: "1.3.0", root: { path: "rootfs", readonly: true }, hostname: "runt" },
  );
  t.match(process, { terminal: true, args: ["sh"], cwd: "/", noNewPrivileges: true, user: { uid: 0, gid: 0 } });
  const few = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];
  t.strictSame(process?.capabilities, { bounding: few, effective: few, permitted: few });
  t.strictSame(process?.rlimits, [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }]);
  t.strictSame(linux?.resources, { devices: [{ allow: false, access: "rwm" }] });
  t.end();
});

test("a cgroup namespace comes where cgroup v2 is alone", (t) => {
  t.strictSame(types({}), ["pid", "network", "ipc", "uts", "mount"]);
  t.strictSame(types({ cgroup2: true }), ["pid", "network", "ipc", "uts", "mount", "cgroup"]);
  t.end();
});

test("without rights: the user is root inside, the network is the host's, cgroups are let be", (t) => {
  const { mounts = [], linux } = defaultConfig(ROOTLESS);
  t.strictSame(types(ROOTLESS), ["pid", "ipc", "uts", "mount", "user"]);
  t.strictSame(linux?.uidMappings, [{ containerID: 0, hostID: 1000, size: 1 }]);
  t.strictSame(linux?.gidMappings, [{ containerID: 0, hostID: 100, size: 1 }]);
  t.equal(linux?.resources, undefined);
  t.notOk(mounts.some(({ options = [] }) => options.some((option) => /^[ug]id=/.test(option))));
  const sys = mounts.find(({ destination }) => destination === "/sys");
  t.match(sys, { type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"] });
  t.end();
});

test("two defaults share nothing that a change to one would change in the other", (t) => {
  const first = defaultConfig();
  first.process?.capabilities?.bounding?.push("CAP_SYS_ADMIN");
  first.mounts?.pop();
  t.notSame(first, defaultConfig());
  t.notOk(first.process?.capabilities?.effective?.includes("CAP_SYS_ADMIN"));
  t.end();
});
