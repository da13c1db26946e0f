/** config-linux.md § PIDs: what a limit on processes comes to, by the kernel's file and inside. */
import { test } from "tap";
import { cgroupValue, withoutController } from "../support/cgroup.ts";
import { container, inside } from "../support/container.ts";

const FILE = { v1: "pids/pids.max", v2: "pids.max" };
const SKIP = { skip: withoutController("pids", "pids") };

function limited(limit: number, ociVersion: string) {
  return { ociVersion, linux: { resources: { pids: { limit } } } };
}

const LIMITS: readonly { limit: number; ociVersion: string; is: string }[] = [
  { limit: 0, ociVersion: "1.3.0", is: "1" },
  { limit: 1, ociVersion: "1.3.0", is: "1" },
  { limit: 1, ociVersion: "1.0.2", is: "1" },
  { limit: -1, ociVersion: "1.3.0", is: "max" },
  // Podman 4 writes it for no limit.
  { limit: 0, ociVersion: "1.0.2-dev", is: "max" },
  { limit: 0, ociVersion: "1.2.1", is: "max" },
];

for (const { limit, ociVersion, is } of LIMITS) {
  test(`pids.limit ${limit} of a config of version ${ociVersion} is ${is}`, SKIP, async (t) => {
    const change = limited(limit, ociVersion);
    const waiting = container(t, change);
    const { code, stderr } = await waiting.create();
    t.equal(code, 0, stderr);
    t.equal(cgroupValue(waiting.id, FILE), is);
    t.equal(await inside(t, "echo alone", change), "alone", "enough for the container's program");
    const forking = container(t, { process: { args: ["sh", "-c", "true | true; echo after"] }, ...change });
    const result = await forking.run();
    if (is === "1") t.match(result.stderr, /can't fork/);
    else t.equal(result.stdout, "after\n", result.stderr);
  });
}

test("a limit on processes binds inside", SKIP, async (t) => {
  const script = "sleep 1 & sleep 1 & sleep 1 & sleep 1 & wait";
  const subject = container(t, { process: { args: ["sh", "-c", script] }, ...limited(3, "1.0.2") });
  const { stderr } = await subject.run();
  t.match(stderr, /can't fork/);
});
