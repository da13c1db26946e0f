/** Docker: a dockerd with its own containerd, whose only runtime is the one to be tried. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "./compare.ts";
import { layer } from "./image.ts";
import type { World } from "./world.ts";

export const DOCKER: Engine = { name: "docker", start };

const IMAGE = "bb:1";

async function start(world: World, runtime: string): Promise<Record<string, string>> {
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
