/**
 * A pod of Kubernetes with a user namespace, as containerd's CRI makes it from 1.7 on: the sandbox has the namespace, containers join it by
 * path and name its mappings again, and their volumes are mapped. Debian 12's 1.6 knows nothing of it: so these are configs that it wrote,
 * with what 1.7 adds.
 */
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { engineConfigs } from "../config/support.ts";
import { type Config, cgroupsPathOf, merge, writeConfig } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { readLink, until } from "../support/host.ts";

const MAPPINGS = [{ containerID: 0, hostID: 231_072, size: 65_536 }];
const ids = { uidMappings: MAPPINGS, gidMappings: MAPPINGS };

const written = (name: string) => engineConfigs().find((each) => each.name === name)?.text;
const [sandbox, first] = [written("containerd-cri-sandbox.json"), written("containerd-cri-c1.json")];

/** Its root is the pod's, as the snapshotter gives it, and nothing of the engine's own files is mounted. */
function bundle(it: Container, text: string, namespaces: readonly Config[], more: Config): void {
  const config = JSON.parse(text) as Config & { mounts: { type: string }[] };
  const mounts = [...config.mounts.filter(({ type }) => type !== "bind"), ...((more.mounts as Config[]) ?? [])];
  const linux = { namespaces, ...ids, cgroupsPath: cgroupsPathOf(it.id) };
  const process = { terminal: false, oomScoreAdj: undefined, ...(more.process as Config) };
  writeConfig(it.bundle, merge(config, { root: it.ownRootfs(), mounts, process, linux }));
  execFileSync("find", [it.rootfs, "-type", "d", "-exec", "chown", "231072:231072", "{}", "+"]);
}

test("the containers of a pod share its user namespace, and volumes are theirs", {
  skip: sandbox === undefined && "configs of engines lie in shared/engines beside the checkout",
}, async (t) => {
  const pod = container(t);
  const types = ["pid", "ipc", "uts", "mount", "network", "user"];
  bundle(
    pod,
    sandbox ?? "",
    types.map((type) => ({ type })),
    { process: { args: ["/bin/sleep", "1000"] } },
  );
  t.equal((await pod.create()).code, 0, pod.stderr);
  t.equal((await pod.start()).code, 0);
  const { pid } = await pod.state();

  const it = container(t);
  const volume = it.folder("volume");
  writeFileSync(join(volume, "data"), "kept\n");
  chownSync(volume, 1000, 2000);
  chownSync(join(volume, "data"), 1000, 2000);
  const path = (type: string) => ({ type, path: `/proc/${pid}/ns/${type === "network" ? "net" : type}` });
  const mount = { destination: "/mnt", type: "bind", source: volume, options: ["rbind", "rprivate", "rw"], ...ids };
  const script =
    "cat /proc/self/uid_map | tr -s ' '; id; stat -c %u:%g /mnt/data /dev/pts /dev/mqueue; touch /mnt/made; hostname; sleep 1000";
  bundle(it, first ?? "", [path("pid"), path("ipc"), path("uts"), { type: "mount" }, path("network"), path("user")], {
    mounts: [mount],
    process: { args: ["sh", "-c", script] },
  });
  t.equal((await it.create()).code, 0, it.stderr);
  t.equal((await it.start()).code, 0, it.stderr);
  await until("its program is done", () => it.stdout.includes("\n0:0\n0:0\n") && existsSync(join(volume, "made")));
  const { pid: own } = await it.state();
  for (const type of ["user", "pid", "ipc", "uts", "net"])
    t.equal(readLink(`/proc/${own}/ns/${type}`), readLink(`/proc/${pid}/ns/${type}`), type);
  const ran = await it.exec(["sh", "-c", "id -u; cat /mnt/data; stat -c %u:%g /mnt/made"], ["--user", "0:0"]);
  t.same([ran.code, ran.stdout], [0, "0\nkept\n1000:2000\n"], ran.stderr);
  t.match(it.stdout, /^ ?0 231072 65536\nuid=1000\(user\) gid=2000 groups=33,2000\n1000:2000\n0:0\n0:0\n/);
  const made = statSync(join(volume, "made"));
  t.same([made.uid, made.gid], [1000, 2000], "on disk the ids are those in the pod");
});
