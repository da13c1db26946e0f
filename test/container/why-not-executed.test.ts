/** A program that can't be executed: the error says what is wrong with it, at start, run and exec. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { runt } from "../support/command.ts";
import { container } from "../support/container.ts";
import { elf } from "../support/elf.ts";

const OTHER = process.arch === "arm64" ? { number: 62, name: "x86-64" } : { number: 183, name: "aarch64" };
const OWN = process.arch === "arm64" ? { number: 183, name: "aarch64" } : { number: 62, name: "x86-64" };

const WRONG: readonly { name: string; file: string | Buffer; error: RegExp }[] = [
  {
    name: "of another machine",
    file: elf(OTHER.number, undefined),
    error: new RegExp(`exec format error.*: it is a program for ${OTHER.name}, and this machine is ${OWN.name}\n`),
  },
  {
    name: "whose loader is missing",
    file: elf(OWN.number, "/lib64/ld-missing.so.2"),
    error: /no such file or directory.*: its dynamic loader "\/lib64\/ld-missing\.so\.2" is not in the container\n/,
  },
  {
    name: "whose interpreter is missing",
    file: "#! /usr/bin/python9 -u\nprint()\n",
    error:
      /no such file or directory.*: its interpreter "\/usr\/bin\/python9", which follows #!, is not in the container\n/,
  },
  {
    name: "whose first line ends as on Windows",
    file: "#!/bin/sh\r\necho hello\r\n",
    error: /no such file or directory.*: its first line "#!\/bin\/sh\\r" ends with CR LF/,
  },
  {
    name: "that is none",
    file: "echo hello\n",
    error: /exec format error.*: it is no ELF program, and no script that begins with #!\n/,
  },
];

for (const { name, file, error } of WRONG) {
  test(`a program ${name}`, async (t) => {
    const subject = container(t, (it) => {
      const root = it.ownRootfs();
      writeFileSync(join(it.rootfs, "srv/program"), file);
      chmodSync(join(it.rootfs, "srv/program"), 0o755);
      return { root, process: { args: ["program"], env: ["PATH=/nowhere:/srv:/bin"] } };
    });
    t.equal((await subject.create()).code, 0);
    const { code, stderr } = await subject.start();
    t.equal(code, 1);
    t.match(stderr, error);
    await subject.delete();
    t.match((await subject.run()).stderr, error, "run says so, too");
    const running = container(t, { root: { path: subject.rootfs }, process: { args: ["sleep", "60"] } });
    await running.create();
    await running.start();
    const exec = await runt(["--root", running.root, "exec", "--cwd", "/srv", running.id, "./program"]);
    t.equal(exec.code, 255);
    t.match(exec.stderr, error, "exec says so, too");
  });
}

const answers = (action: string): Config => ({
  linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["execve"], action }] } },
});

test("a seccomp profile that refuses execve is named with its action", async (t) => {
  const { code, stderr } = await container(t, answers("SCMP_ACT_ERRNO")).run();
  t.equal(code, 1);
  t.match(stderr, /exec: "true": .*operation not permitted: linux\.seccomp answers execve with SCMP_ACT_ERRNO\n/);
});

test("so is one that kills for it", async (t) => {
  const { code, stderr } = await container(t, answers("SCMP_ACT_KILL_PROCESS")).run();
  t.equal(code, 1);
  t.match(
    stderr,
    /killed by signal 31 before it had executed the program: linux\.seccomp answers execve with SCMP_ACT_KILL_PROCESS\n/,
  );
});

test("a FIFO, or a link out of the root, in the place of an interpreter harms nobody", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    writeFileSync(join(it.rootfs, "srv/program"), "#!../../../../../../etc/hostname\n");
    chmodSync(join(it.rootfs, "srv/program"), 0o755);
    return { root, process: { args: ["/srv/program"] } };
  });
  t.match((await subject.run()).stderr, /its interpreter "\.\.\/.*", which follows #!, is not in the container/);
});
