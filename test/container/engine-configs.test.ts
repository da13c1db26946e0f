/** config.json files that Podman, containerd and Docker wrote: each runs, once what only its engine has is taken out. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { test } from "tap";
import { engineConfigs } from "../config/support.ts";
import { type Config, merge, writeConfig } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { read, status } from "../support/host.ts";

interface Mount extends Config {
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

interface Mapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

interface EngineConfig extends Config {
  readonly process: Config & { readonly capabilities?: Readonly<Record<string, readonly string[]>> };
  readonly linux: Config & {
    readonly namespaces: readonly Config[];
    readonly uidMappings?: readonly Mapping[];
    readonly gidMappings?: readonly Mapping[];
  };
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

/** The config without its engine: our root, cgroup and program; new namespaces for those of others. */
function adapted(config: EngineConfig, cgroupsPath: string): Config {
  const namespaces = config.linux.namespaces.map(({ type }) => ({ type }));
  const mounts = config.mounts.filter((mount) => !isForeign(mount));
  const process = {
    terminal: false,
    args: ["/bin/sh", "-c", "cat /proc/self/status /proc/self/mountinfo; grep -H . /proc/self/?id_map"],
    capabilities: possible(config.process.capabilities),
    rlimits: undefined,
    oomScoreAdj: undefined,
    apparmorProfile: undefined,
  };
  const linux = { namespaces, cgroupsPath, intelRdt: undefined };
  return merge(config, { root: { path: "rootfs", readonly: true }, mounts, hooks: undefined, process, linux });
}

/** A root that is the container root's, as an engine makes it: in a user namespace the host's root can't make a mount point there. */
function ownedRoot(it: Container, { linux }: EngineConfig): Config {
  const root = it.ownRootfs();
  const [uid, gid] = [linux.uidMappings, linux.gidMappings].map((mappings) => outside(mappings, 0));
  execFileSync("find", [it.rootfs, "-type", "d", "-exec", "chown", `${uid}:${gid}`, "{}", "+"]);
  return root;
}

/** The host's id of the container's. */
function outside(mappings: readonly Mapping[] = [], id: number): number {
  const range = mappings.find(({ containerID, size }) => containerID <= id && id < containerID + size);
  return range === undefined ? id : range.hostID + id - range.containerID;
}

/** As /proc/PID/uid_map has them; the initial user namespace's without any. */
const lines = (name: string, mappings: readonly Mapping[] = [{ containerID: 0, hostID: 0, size: 0xffff_ffff }]) =>
  mappings.map(({ containerID, hostID, size }) => `/proc/self/${name}: ${containerID} ${hostID} ${size}`);

const configs = engineConfigs().filter(({ text }) => "ociVersion" in JSON.parse(text));

test("there are configs of engines", {
  skip: configs.length === 0 && "they lie in shared/engines beside the checkout",
}, async (t) => {
  t.ok(configs.length >= 40);
});

for (const { name, text } of configs) {
  test(`${name} runs`, async (t) => {
    const config = JSON.parse(text);
    // Its own root: what an engine mounts on is made in it.
    const subject = container(t, (it) => ({ root: ownedRoot(it, config) }));
    writeConfig(subject.bundle, adapted(config, `/${subject.id}`));
    const { code, stdout, stderr } = await subject.run();
    t.equal(code, 0, stderr);
    const { uidMappings, gidMappings } = config.linux;
    const maps = stdout.match(/^\/proc\/self\/.id_map:.*/gm) ?? [];
    t.same(
      maps.map((line) => line.replace(/ +/g, " ")),
      [...lines("gid_map", gidMappings), ...lines("uid_map", uidMappings)],
    );
    t.equal(status(stdout, "Uid").split("\t")[0], String(config.process.user.uid));
    t.equal(status(stdout, "Seccomp"), config.linux.seccomp ? "2" : "0", "its profile is loaded");
    t.equal(status(stdout, "NoNewPrivs"), config.process.noNewPrivileges ? "1" : "0");
    for (const { destination, type } of config.mounts.filter((mount: Mount) => !isForeign(mount))) {
      t.match(stdout, ` ${destination.replace(/\/$/, "")} `, `${type} on ${destination}`);
    }
  });
}
