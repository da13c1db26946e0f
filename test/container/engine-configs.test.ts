/** config.json files that Podman, containerd and Docker wrote: each runs, once what only its engine has is taken out. */
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { test } from "tap";
import { engineConfigs } from "../config/support.ts";
import { type Config, merge, writeConfig } from "../support/bundle.ts";
import { container } from "../support/container.ts";
import { read, status } from "../support/host.ts";

interface Mount extends Config {
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

interface EngineConfig extends Config {
  readonly process: Config & { readonly capabilities?: Readonly<Record<string, readonly string[]>> };
  readonly linux: Config & { readonly namespaces: readonly Config[] };
  readonly mounts: readonly Mount[];
}

/** A bind mount of the engine's own files. */
const isForeign = ({ source = "", options = [] }: Mount): boolean =>
  options.some((option) => option === "bind" || option === "rbind") && isAbsolute(source) && !existsSync(source);

/** Some machines, themselves contained, lack this one: then nobody can have it. */
const SYS_RESOURCE = 24n;
const lacksResource = ((BigInt(`0x${status(read("/proc/self/status"), "CapBnd")}`) >> SYS_RESOURCE) & 1n) === 0n;

function possible(sets: Readonly<Record<string, readonly string[]>> | undefined): Config | undefined {
  if (sets === undefined || !lacksResource) return sets;
  return Object.fromEntries(
    Object.entries(sets).map(([set, names]) => [set, names.filter((name) => name !== "CAP_SYS_RESOURCE")]),
  );
}

/** The config without its engine: our root, cgroup and program; new namespaces for those of others; no user namespace. */
function adapted(text: string, cgroupsPath: string): Config {
  const config = JSON.parse(text) as EngineConfig;
  const namespaces = config.linux.namespaces.filter(({ type }) => type !== "user").map(({ type }) => ({ type }));
  const mounts = config.mounts.filter((mount) => !isForeign(mount));
  const process = {
    terminal: false,
    args: ["/bin/sh", "-c", "cat /proc/self/status; cat /proc/self/mountinfo"],
    capabilities: possible(config.process.capabilities),
    rlimits: undefined,
    oomScoreAdj: undefined,
    apparmorProfile: undefined,
  };
  const linux = { namespaces, cgroupsPath, uidMappings: undefined, gidMappings: undefined, intelRdt: undefined };
  return merge(config, { root: { path: "rootfs", readonly: true }, mounts, hooks: undefined, process, linux });
}

const configs = engineConfigs().filter(({ text }) => "ociVersion" in JSON.parse(text));

test("there are configs of engines", {
  skip: configs.length === 0 && "they lie in shared/engines beside the checkout",
}, async (t) => {
  t.ok(configs.length >= 40);
});

for (const { name, text } of configs) {
  test(`${name} runs`, async (t) => {
    // Its own root: what an engine mounts on is made in it.
    const subject = container(t, (it) => ({ root: it.ownRootfs() }));
    writeConfig(subject.bundle, adapted(text, `/${subject.id}`));
    const { code, stdout, stderr } = await subject.run();
    t.equal(code, 0, stderr);
    const config = JSON.parse(text);
    t.equal(status(stdout, "Uid").split("\t")[0], String(config.process.user.uid));
    t.equal(status(stdout, "Seccomp"), config.linux.seccomp ? "2" : "0", "its profile is loaded");
    t.equal(status(stdout, "NoNewPrivs"), config.process.noNewPrivileges ? "1" : "0");
    for (const { destination, type } of config.mounts.filter((mount: Mount) => !isForeign(mount))) {
      t.match(stdout, ` ${destination.replace(/\/$/, "")} `, `${type} on ${destination}`);
    }
  });
}
