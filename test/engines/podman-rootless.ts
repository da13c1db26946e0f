/** Podman of a user without rights, who is nobody else on the machine; see test/support/unprivileged.ts. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { scratch } from "../support/scratch.ts";
import { USER } from "../support/unprivileged.ts";
import type { Engine } from "./compare.ts";
import { layer } from "./image.ts";
import { AT_TIMES, configuration, IMAGE, POLICY } from "./podman.ts";
import type { World } from "./world.ts";

export const PODMAN_ROOTLESS: Engine = { name: "podman, rootless", start, atTimes: AT_TIMES };

/** The ids that the user is granted: as many as distributions give. */
export const FIRST_GRANTED = 700_000;
const GRANTED = 65_536;

async function start(world: World, runtime: string): Promise<Record<string, string>> {
  const path = (name: string) => join(world.directory, name);
  const name = basename(runtime);
  chmodSync(scratch, 0o711);
  mkdirSync(path("home"), { mode: 0o700 });
  // The user may not be let to where it was built.
  copyFileSync(runtime, path(name));
  chmodSync(path(name), 0o755);
  writeFileSync(path("containers.conf"), configuration(name, path(name)));
  writeFileSync(path("policy.json"), POLICY);
  writeFileSync(
    path("passwd"),
    `${readFileSync("/etc/passwd", "utf8")}tester:x:${USER}:${USER}::${path("home")}:/bin/sh\n`,
  );
  writeFileSync(path("group"), `${readFileSync("/etc/group", "utf8")}tester:x:${USER}:\n`);
  writeFileSync(path("granted"), `tester:${FIRST_GRANTED}:${GRANTED}\n`);
  const engine = "podman --storage-driver overlay";
  const env = {
    AS: `setpriv --reuid ${USER} --regid ${USER} --clear-groups --inh-caps=-all env -C ${path("home")}`,
    D: path("home"),
    E: engine,
    RUN: `${engine} run --rm`,
    I: IMAGE,
    HOME: path("home"),
    USER: "tester",
    // Podman takes none that is longer than 50 characters.
    XDG_RUNTIME_DIR: `/run/user/${USER}`,
    CONTAINERS_CONF: path("containers.conf"),
    PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
    BUILDAH: "buildah --storage-driver overlay",
    BUILDAH_RUNTIME: path(name),
  };
  const { code, stdout } = await world.run(
    `exec 2>&1; set -e; cd ${world.directory}
    for pair in passwd:passwd group:group granted:subuid granted:subgid; do mount --bind \${pair%:*} /etc/\${pair#*:}; done
    mknod -m 666 fuse c 10 229; mount --bind fuse /dev/fuse; mknod -m 666 tun c 10 200; mount --bind tun /dev/net/tun
    mkdir -p $HOME/.config/containers $XDG_RUNTIME_DIR; cp policy.json $HOME/.config/containers; chown -R ${USER}:${USER} $XDG_RUNTIME_DIR $HOME
    $AS $E import --change 'CMD ["/bin/sh"]' ${layer()} ${IMAGE}`,
    env,
  );
  if (code !== 0) throw new Error(`podman import: ${stdout}`);
  return env;
}
