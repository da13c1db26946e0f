/** crun's annotations about seccomp. */
import { join } from "node:path";
import { test } from "tap";
import { listener } from "../support/background.ts";
import { container, inside, refused } from "../support/container.ts";
import { instructions } from "../support/instructions.ts";
import { probe } from "../support/scratch.ts";
import { ERRNO, SYSCALL } from "../support/syscalls.ts";

const NR = SYSCALL.getsid as number;
const CALL = `exec probe call ${NR}`;

/** A filter that answers getsid with `action` and allows all else. */
const filter = (action: number): string =>
  instructions([0x20, 0, 0, 0], [0x15, 0, 1, NR], [0x06, 0, 0, action], [0x06, 0, 0, 0x7fff0000]).toString("base64");

const RAW = "run.oci.seccomp_bpf_data";

test("run.oci.seccomp_bpf_data takes the place of linux.seccomp", async (t) => {
  const seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpid"], action: "SCMP_ACT_ERRNO" }] };
  const annotations = { [RAW]: filter(0x50000 + ERRNO.EXDEV) };
  const script = `exec probe call ${NR} - ${SYSCALL.getpid}`;
  t.equal(await inside(t, script, { annotations, linux: { seccomp } }), `-${ERRNO.EXDEV}\n1`);
});

test("run.oci.seccomp_bpf_data with an agent", async (t) => {
  const subject = container(t, (it) => ({
    process: { args: ["probe", "call", `${NR}`] },
    annotations: { [RAW]: filter(0x7fc00000), "run.oci.seccomp.receiver": join(it.directory, "agent.sock") },
  }));
  await listener(t, [probe(), "agent", join(subject.directory, "agent.sock"), "0", "12"]);
  t.equal((await subject.run()).stdout, "12\n");
});

const FAIL = "run.oci.seccomp_fail_unknown_syscall";
const UNKNOWN = {
  linux: {
    seccomp: {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["no_such", "getsid"], action: "SCMP_ACT_ERRNO" }],
    },
  },
};

test("run.oci.seccomp_fail_unknown_syscall: an unknown call is an error, by name", async (t) => {
  const error = await refused(t, { ...UNKNOWN, annotations: { [FAIL]: "1" } });
  t.match(
    error,
    /linux\.seccomp names unknown system calls, which run\.oci\.seccomp_fail_unknown_syscall forbids: no_such\n/,
  );
});

for (const annotations of [{}, { [FAIL]: "0" }]) {
  test(`an unknown call is passed over with ${JSON.stringify(annotations)}`, async (t) => {
    t.equal(await inside(t, CALL, { ...UNKNOWN, annotations }), `-${ERRNO.EPERM}`);
  });
}

test("known calls are no error, new ones neither", async (t) => {
  const syscalls = [{ names: ["mseal", "getsid"], action: "SCMP_ACT_ERRNO" }];
  const linux = { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls } };
  t.equal(await inside(t, CALL, { linux, annotations: { [FAIL]: "1" } }), `-${ERRNO.EPERM}`);
});

const REFUSED: readonly [annotation: string, value: string, error: RegExp][] = [
  [RAW, "!", /annotation run\.oci\.seccomp_bpf_data: it is no base64/],
  [RAW, "AAAA", /annotation run\.oci\.seccomp_bpf_data: it has 3 bytes/],
  [
    "run.oci.seccomp.plugins",
    "plugin.so",
    /run\.oci\.seccomp\.plugins: runt is a static program, which can load no plugins/,
  ],
];
for (const [annotation, value, error] of REFUSED) {
  test(`refused: ${annotation}=${value}`, async (t) => {
    t.match(await refused(t, { annotations: { [annotation]: value } }), error);
  });
}

test("a filter that the kernel does not take is an error of start", async (t) => {
  const subject = container(t, { annotations: { [RAW]: Buffer.alloc(8, 0xff).toString("base64") } });
  const { code, stderr } = await subject.run();
  t.equal(code, 1);
  t.match(stderr, /load the seccomp filter: .*invalid argument/);
});
