/** containerd with a runtime of its shim's: for `ctr`, and for Kubernetes' interface, the CRI. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "./compare.ts";
import { archive } from "./image.ts";
import type { World } from "./world.ts";

export const CONTAINERD: Engine = { name: "containerd", start };

export const IMAGE = "localhost/bb:1";
const PAUSE = "localhost/pause:1";

/** What the runtime is called among containerd's runtimes. */
export const HANDLER = "tried";

async function start(world: World, runtime: string): Promise<Record<string, string>> {
  const path = (name: string) => join(world.directory, name);
  writeFileSync(path("config.toml"), configuration(path, runtime));
  writeFileSync(path("network.conflist"), JSON.stringify(NETWORK));
  const socket = path("containerd.sock");
  const env = {
    E: `ctr --address ${socket}`,
    SOCKET: socket,
    // The options of `ctr run` that name the runtime.
    R: `--runc-binary ${runtime}`,
    I: IMAGE,
  };
  const images = [archive("bb", IMAGE, ["/bin/sh"]), archive("pause", PAUSE, ["/bin/sleep", "1000000"])];
  const imports = images.flatMap((image) =>
    ["default", "k8s.io"].map((space) => `$E -n ${space} image import ${image}`),
  );
  const { code, stdout } = await world.run(
    `exec 2>&1; mkdir -p $D/cni && mv $D/network.conflist $D/cni/10-test.conflist
    setsid containerd --config $D/config.toml > $D/containerd.log 2>&1 < /dev/null &
    for i in $(seq 300); do $E version > /dev/null 2>&1 && break; sleep 0.1; done
    ${imports.join(" && ")} || { tail -n 20 $D/containerd.log; exit 1; }`,
    { ...env, D: world.directory },
  );
  if (code !== 0) throw new Error(`containerd: ${stdout}`);
  return env;
}

/** Version 2 of the file is understood by containerd 1.x and 2.x. */
function configuration(path: (name: string) => string, runtime: string): string {
  return `version = 2
root = "${path("root")}"
state = "/run/containerd-state"
[grpc]
  address = "${path("containerd.sock")}"
[ttrpc]
  address = "${path("containerd.sock.ttrpc")}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${path("opt")}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  disable_apparmor = true
  sandbox_image = "${PAUSE}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "${HANDLER}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${HANDLER}]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${HANDLER}.options]
        BinaryName = "${runtime}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${path("cni")}"
`;
}

const NETWORK = {
  cniVersion: "0.4.0",
  name: "test",
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      ipMasq: false,
      ipam: { type: "host-local", ranges: [[{ subnet: "10.244.77.0/24" }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
  ],
};
