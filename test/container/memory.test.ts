/** Limits of memory: what happens to a program that goes over it, and what is said when a container can't even be made. */
import { test } from "tap";
import { withoutController } from "../support/cgroup.ts";
import { container, inside } from "../support/container.ts";

const skip = withoutController("memory", "memory");
const MIB = 1 << 20;

test("a program that goes over the limit is killed, and no other", { skip }, async (t) => {
  const subject = container(t, {
    process: { args: ["sh", "-c", "tail /dev/zero; echo tail: $?"] },
    linux: { resources: { memory: { limit: 16 * MIB, swap: 16 * MIB } } },
  });
  const { code, stdout } = await subject.run([], { timeout: 120_000 });
  t.equal(code, 0);
  t.equal(stdout, "tail: 137\n");
});

test("a program that stays below the limit lives", { skip }, async (t) => {
  const change = { linux: { resources: { memory: { limit: 32 * MIB, swap: 32 * MIB } } } };
  t.equal(await inside(t, "head -c 4000000 /dev/zero | tail -c 1 | wc -c", change), "1");
});

for (const command of ["create", "run"] as const) {
  test(`${command} under a limit that is too small for anything says so, and leaves nothing`, { skip }, async (t) => {
    const subject = container(t, { linux: { resources: { memory: { limit: 4096, swap: 4096 } } } });
    const created = command === "create" ? await subject.create() : await subject.run();
    // On v1 what is made before start is not charged to it.
    const { code, stderr } = command === "create" && created.code === 0 ? await subject.start() : created;
    t.equal(code, 1);
    // A scope of systemd's goes with its last process, and the figure with it.
    t.match(
      stderr,
      /(^|: )out of memory: the container's limit(, or that of its slice,)? is (4096 bytes, memory\.|too low)/,
    );
    await subject.delete("--force");
    t.same(await subject.remains(), []);
  });
}
