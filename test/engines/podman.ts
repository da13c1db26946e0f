/** Podman, as containers.conf(5) is told to use a runtime. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Engine } from "./compare.ts";
import { layer } from "./image.ts";
import type { World } from "./world.ts";

/**
 * On a busy machine Podman, with runc too, sometimes can't remove a container while conmon's clean-up is at it; and once in some hundreds of
 * times it shows nothing of what a short program has printed.
 */
export const AT_TIMES = /^$|userdata\/shm: device or resource busy/;

export const PODMAN: Engine = { name: "podman", start, atTimes: AT_TIMES };

export const IMAGE = "localhost/bb:1";

/** Of images nothing is asked. */
export const POLICY = JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] });

async function start(world: World, runtime: string): Promise<Record<string, string>> {
  const path = (name: string) => join(world.directory, name);
  const name = basename(runtime);
  writeFileSync(path("containers.conf"), configuration(name, runtime));
  writeFileSync(path("granted"), "containers:2000000:1000000\n");
  writeFileSync(path("policy.json"), POLICY);
  const files = `--root ${path("root")} --runroot ${path("run")} --tmpdir ${path("tmp")} --network-config-dir ${path("net")}`;
  const engine = `podman ${files} --storage-driver overlay`;
  const env = {
    E: engine,
    RUN: `${engine} run --rm`,
    // Debian's buildah: it reads the same configuration.
    BUILDAH: `buildah --root ${path("root")} --runroot ${path("run")} --storage-driver overlay`,
    I: IMAGE,
    CONTAINERS_CONF: path("containers.conf"),
    PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
    BUILDAH_RUNTIME: runtime,
  };
  const { code, stderr } = await world.run(
    `for file in subuid subgid; do mount --bind ${path("granted")} /etc/$file; done
    $E import --change 'CMD ["/bin/sh"]' ${layer()} ${IMAGE}`,
    env,
  );
  if (code !== 0) throw new Error(`podman import: ${stderr}`);
  return env;
}

/** Limits stand there because podman asks for more than a machine without CAP_SYS_RESOURCE can give. */
export function configuration(name: string, runtime: string): string {
  return `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
events_logger = "file"
cgroup_manager = "cgroupfs"
lock_type = "file"
runtime = "${name}"
runtime_supports_json = ["${name}"]
runtime_supports_nocgroup = ["${name}"]
[engine.runtimes]
${name} = ["${runtime}"]
`;
}
