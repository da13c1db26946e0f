/** Docker: a dockerd with its own containerd, whose only runtime is the one to be tried. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../support/scratch.ts";
import type { Engine } from "./compare.ts";
import { layer } from "./image.ts";
import type { World } from "./world.ts";

export const DOCKER: Engine = { name: "docker", start: (world, runtime) => start(world, runtime, {}) };

/** Containers have a user namespace, whose ids are granted to a user of the name in the world. */
export const DOCKER_REMAPPED: Engine = {
  name: "docker, userns-remap",
  async start(world, runtime) {
    // dockerd demands that such a user could get to its files.
    chmodSync(scratch, 0o711);
    const { code, stderr } = await world.run(`cd ${world.directory}
      { cat /etc/passwd; echo remapped:x:54322:54322::/:/bin/sh; } > passwd; { cat /etc/group; echo remapped:x:54322:; } > group
      echo remapped:${FIRST_REMAPPED}:65536 > granted
      for pair in passwd:passwd group:group granted:subuid granted:subgid; do mount --bind \${pair%:*} /etc/\${pair#*:}; done`);
    if (code !== 0) throw new Error(stderr);
    return start(world, runtime, { "userns-remap": "remapped" });
  },
};

/** The container's root. */
export const FIRST_REMAPPED = 800_000;

const IMAGE = "bb:1";

async function start(world: World, runtime: string, more: object): Promise<Record<string, string>> {
  const path = (name: string) => join(world.directory, name);
  const configuration = {
    runtimes: { tried: { path: runtime } },
    "default-runtime": "tried",
    "data-root": path("root"),
    "exec-root": "/run/docker",
    hosts: ["unix:///run/docker.sock"],
    "exec-opts": ["native.cgroupdriver=cgroupfs"],
    "storage-driver": "overlay2",
    "shutdown-timeout": 3,
    // The default asks for a right that a machine without CAP_SYS_RESOURCE has not.
    "oom-score-adjust": 0,
    ...more,
  };
  writeFileSync(path("daemon.json"), JSON.stringify(configuration));
  // Debian's client, also where another one is first on the PATH.
  const env = { E: "/usr/bin/docker", I: IMAGE, DOCKER_HOST: "unix:///run/docker.sock", DOCKER_CONFIG: path("config") };
  const { code, stdout } = await world.run(
    `exec 2>&1; setsid dockerd --config-file $D/daemon.json --pidfile /run/docker.pid > $D/dockerd.log 2>&1 < /dev/null &
    for i in $(seq 600); do $E version > /dev/null 2>&1 && break; sleep 0.1; done
    $E import -c 'CMD ["/bin/sh"]' ${layer()} $I || { tail -n 20 $D/dockerd.log; exit 1; }`,
    { ...env, D: world.directory },
  );
  if (code !== 0) throw new Error(`dockerd: ${stdout}`);
  return env;
}
