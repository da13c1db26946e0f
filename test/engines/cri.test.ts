/** What Kubernetes does with containerd. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause } from "../support/host.ts";
import { type Act, compare, type Step } from "./compare.ts";
import { CONTAINERD } from "./containerd.ts";
import { Pod } from "./cri.ts";

const SLEEP = ["sleep", "1000"];

/** A step with a pod, which ends with it; `linux` are fields of LinuxPodSandboxConfig. */
function pod(act: (pod: Pod, env: Readonly<Record<string, string>>) => Promise<string>, linux: object = {}): Act {
  return async (env) => {
    const made = new Pod(env.SOCKET ?? "", env.C ?? "", linux);
    try {
      await made.run();
      return await act(made, env);
    } finally {
      await made.end();
    }
  };
}

/** A step that runs `command` in a container of a pod by ExecSync. */
function exec(command: readonly string[], config: object = {}, linux: object = {}): Act {
  return pod(async (it) => {
    await it.start(SLEEP, config);
    return it.exec(...command);
  }, linux);
}

const secure = (context: object): object => ({ linux: { security_context: context } });
const namespaces = (options: object): object => ({ namespace_options: options });

const IDS = [{ host_id: 231_072, container_id: 0, length: 65_536 }];
const USERNS = { mode: "POD", uids: IDS, gids: IDS };

const STEPS: readonly Step[] = [
  {
    name: "a pod, a container, ExecSync, stop, remove",
    script: pod(async (it) => {
      await it.start(SLEEP);
      const answers = [await it.status(), await it.exec("echo", "in it"), await it.exec("sh", "-c", "exit 5")];
      return [...answers, await it.stop()].map((text) => text.trim()).join("\n");
    }),
    expect: "CONTAINER_RUNNING 0\nin it\n5\nCONTAINER_EXITED 137",
  },
  {
    name: "a program that is not there",
    script: pod(async (it) => it.start(["/no/such"])),
    expect: /no such file or directory/,
    code: 1,
  },
  {
    name: "a bare name that is not there",
    script: pod(async (it) => it.start(["nosuch"])),
    expect: /executable file not found in \$PATH/,
    code: 1,
  },
  {
    name: "stop by SIGTERM",
    script: pod(async (it) => {
      await it.start(["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done"]);
      await pause(500);
      return it.stop(10);
    }),
    expect: "CONTAINER_EXITED 3",
  },
  {
    name: "a container that ends by itself",
    script: pod(async (it) => {
      await it.start(["sh", "-c", "exit 9"]);
      for (let attempt = 0; attempt < 100 && !(await it.status()).includes("EXITED"); attempt++) await pause(50);
      return it.status();
    }),
    expect: "CONTAINER_EXITED 9",
  },
  {
    name: "two containers share the pod's namespaces",
    script: pod(async (it) => {
      await it.start(SLEEP);
      const first = await it.exec("sh", "-c", "for n in net ipc uts; do readlink /proc/self/ns/$n; done");
      await it.start(SLEEP, { metadata: { name: "other", attempt: 0 } });
      return String(first === (await it.exec("sh", "-c", "for n in net ipc uts; do readlink /proc/self/ns/$n; done")));
    }),
    expect: "true",
  },
  { name: "the pod's network", script: exec(["sh", "-c", "ip -4 addr show eth0 | grep -c inet"]), expect: "1" },
  { name: "the pod's host name", script: exec(["hostname"]), expect: /^c\d+$/ },
  {
    name: "sysctls of the pod",
    script: exec(["cat", "/proc/sys/net/ipv4/ip_forward"], {}, { sysctls: { "net.ipv4.ip_forward": "1" } }),
    expect: "1",
  },
  {
    name: "one pid namespace for the pod",
    script: exec(["cat", "/proc/1/comm"], secure(namespaces({ pid: "POD" })), {
      security_context: namespaces({ pid: "POD" }),
    }),
    expect: "sleep",
  },
  {
    name: "a pid namespace of its own",
    script: exec(["cat", "/proc/1/cmdline"], secure(namespaces({ pid: "CONTAINER" }))),
    expect: "sleep\u00001000\u0000",
  },
  {
    name: "the host's namespaces",
    script: exec(["cat", "/proc/1/comm"], secure(namespaces({ pid: "NODE", network: "NODE", ipc: "NODE" })), {
      security_context: namespaces({ pid: "NODE", network: "NODE", ipc: "NODE" }),
    }),
    expect: "world.sh",
  },
  {
    // Not before containerd 1.7; see test/container/pod-user-namespace.test.ts.
    name: "a user namespace",
    script: exec(["cat", "/proc/self/uid_map"], secure(namespaces({ userns_options: USERNS })), {
      security_context: namespaces({ userns_options: USERNS }),
    }),
    expect: /^\s*0\s+231072\s+65536$/,
  },
  {
    name: "a terminal",
    script: exec(["sh", "-c", "readlink /proc/1/fd/0"], {
      tty: true,
      stdin: true,
      ...secure(namespaces({ pid: "CONTAINER" })),
    }),
    expect: /^\/dev\/(pts\/0|console)$/,
  },
  {
    name: "user, group and supplemental groups",
    script: exec(
      ["id"],
      secure({ run_as_user: { value: 1000 }, run_as_group: { value: 2000 }, supplemental_groups: [3000] }),
    ),
    expect: /uid=1000.*gid=2000.*3000/,
  },
  { name: "a user by name", script: exec(["id", "-u"], secure({ run_as_username: "user" })), expect: "1000" },
  {
    name: "capabilities",
    script: exec(
      ["grep", "CapEff", "/proc/self/status"],
      secure({ capabilities: { add_capabilities: ["NET_RAW"], drop_capabilities: ["ALL"] } }),
    ),
    expect: /CapEff:\s0+2000/,
  },
  {
    name: "no_new_privs, and the default seccomp profile",
    script: exec(
      ["grep", "-E", "NoNewPrivs|Seccomp:", "/proc/self/status"],
      secure({ no_new_privs: true, seccomp: { profile_type: "RuntimeDefault" } }),
    ),
    expect: /NoNewPrivs:\s1\nSeccomp:\s2/,
  },
  {
    name: "a read-only root",
    script: exec(["touch", "/x"], secure({ readonly_rootfs: true })),
    expect: /Read-only file system/,
  },
  {
    name: "a privileged container",
    script: exec(["sh", "-c", "mkdir -p /m && mount -t tmpfs t /m && echo mounted"], secure({ privileged: true }), {
      security_context: { privileged: true },
    }),
    expect: "mounted",
  },
  {
    name: "working directory and environment",
    script: exec(["sh", "-c", "pwd; echo $X"], { working_dir: "/made", envs: [{ key: "X", value: "y" }] }),
    expect: "/made\ny",
  },
  {
    name: "a read-only mount",
    script: pod(async (it, { D = "" }) => {
      mkdirSync(join(D, "m"), { recursive: true });
      writeFileSync(join(D, "m/f"), "data\n");
      await it.start(SLEEP, { mounts: [{ container_path: "/m", host_path: join(D, "m"), readonly: true }] });
      return it.exec("sh", "-c", "cat /m/f; touch /m/x");
    }),
    expect: /^data\n.*Read-only file system/,
  },
  {
    name: "resources, and their update",
    script: pod(async (it) => {
      const id = await it.start(SLEEP, {
        linux: {
          resources: { memory_limit_in_bytes: 67108864, cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512 },
        },
      });
      const files =
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.shares";
      const before = await it.exec("sh", "-c", files);
      await it.call("UpdateContainerResources", {
        container_id: id,
        linux: { memory_limit_in_bytes: 134217728, cpu_quota: 70000 },
      });
      return before + (await it.exec("sh", "-c", files));
    }),
    expect: "67108864\n50000\n512\n134217728\n70000\n512",
  },
  {
    name: "statistics",
    script: pod(async (it) => {
      const { stats } = await it.call("ContainerStats", { container_id: await it.start(SLEEP) });
      return String(Object(stats).memory.working_set_bytes.value > 0);
    }),
    expect: "true",
  },
  {
    name: "oom_score_adj",
    script: exec(["cat", "/proc/self/oom_score_adj"], { linux: { resources: { oom_score_adj: 500 } } }),
    expect: "500",
  },
];

compare({ ...CONTAINERD, name: "cri" }, STEPS);
