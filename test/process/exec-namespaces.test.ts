/** exec where the container's root or namespaces are not the usual ones. */
import { test } from "tap";
import { NAMESPACES, namespacesBut } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { read, readLink } from "../support/host.ts";

const sleeping = { process: { args: ["sleep", "1000"] } };

async function started(subject: Container, args: readonly string[] = []): Promise<number> {
  const { code, stderr } = await subject.create(args);
  if (code !== 0) throw new Error(stderr);
  await subject.start();
  return (await subject.state()).pid;
}

test("exec in a container whose root was changed without pivot_root", async (t) => {
  const subject = container(t, (it) => ({ ...sleeping, root: it.ownRootfs() }));
  await started(subject, ["--no-pivot"]);
  const { stdout, stderr } = await subject.exec([
    "sh",
    "-c",
    "echo text > /made; ls /; cd ..; pwd; readlink /proc/self/root",
  ]);
  t.match(stdout, /^[\s\S]*\bmade\n[\s\S]*\/\n\/\n$/, stderr);
  t.equal(read(`${subject.rootfs}/made`), "text\n", "in the container's root");
});

test("exec sees the clocks of the container's time namespace", async (t) => {
  const namespaces = [...NAMESPACES, { type: "time" }];
  const linux = { namespaces, timeOffsets: { boottime: { secs: 1_000_000 } } };
  const subject = container(t, { ...sleeping, linux });
  const pid = await started(subject);
  const { stdout } = await subject.exec(["sh", "-c", "readlink /proc/self/ns/time; cut -d. -f 1 /proc/uptime"]);
  const [link, uptime] = stdout.split("\n");
  t.equal(link, readLink(`/proc/${pid}/ns/time`));
  t.not(link, readLink("/proc/self/ns/time"));
  t.ok(Number(uptime) >= 1_000_000, `uptime ${uptime}`);
});

test("exec joins exactly the namespaces that the container has of its own", async (t) => {
  const kinds = { network: "net", ipc: "ipc", uts: "uts", cgroup: "cgroup" } as const;
  for (const [type, file] of Object.entries(kinds)) {
    const subject = container(t, { ...sleeping, hostname: undefined, linux: { namespaces: namespacesBut(type) } });
    const pid = await started(subject);
    const script = Object.values(kinds)
      .map((each) => `readlink /proc/self/ns/${each}`)
      .join("; ");
    const links = (await subject.exec(["sh", "-c", script])).stdout.trim().split("\n");
    for (const [index, each] of Object.values(kinds).entries()) {
      t.equal(links[index], readLink(`/proc/${pid}/ns/${each}`), `without ${type}: ${each}`);
      t.equal(
        links[index] === readLink(`/proc/self/ns/${each}`),
        each === file,
        `without ${type}: ${each} is the host's?`,
      );
    }
  }
});
