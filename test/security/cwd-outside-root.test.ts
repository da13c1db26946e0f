/** A working directory, or a program, reached through a descriptor of the host's that the runtime holds or inherits. */
import { closeSync, openSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { container } from "../support/container.ts";

/** Descriptors 3 to 64, open on the host's root, as a careless caller or the runtime itself might have them. */
const descriptors = (leaked: number) => Array.from({ length: 62 }, () => leaked);
const NUMBERS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 20, 31, 32, 63, 64];

for (const link of ["/proc/self/fd", "/proc/1/fd", "/proc/thread-self/fd"]) {
  test(`CVE-2024-21626: cwd ${link}/N is refused`, async (t) => {
    const leaked = openSync("/", "r");
    for (const number of NUMBERS) {
      const subject = container(t, { process: { cwd: `${link}/${number}`, args: ["ls", "-a", "."] } });
      const { code, stdout } = await subject.run([], { descriptors: descriptors(leaked) });
      t.not(code, 0, String(number));
      t.equal(stdout, "", String(number));
      await subject.discard();
    }
    closeSync(leaked);
  });
}

const LINKS = [
  "/proc/self/fd/7",
  "/proc/self/fd/7/etc",
  "/proc/self/fd/64/..",
  "/proc/self/cwd/../../../../..",
  "/proc/1/root/proc/self/fd/8",
];

for (const target of LINKS) {
  test(`CVE-2024-21626: a cwd that the image links to ${target} does not leave the root`, async (t) => {
    const leaked = openSync("/", "r");
    const subject = container(t, (it) => {
      const root = it.ownRootfs();
      symlinkSync(target, join(it.rootfs, "workdir"));
      return { root, process: { cwd: "/workdir", args: ["sh", "-c", "pwd -P; ls -a ../../../../../.."] } };
    });
    const { code, stdout } = await subject.run([], { descriptors: descriptors(leaked) });
    closeSync(leaked);
    if (code === 0) t.match(stdout, /^\/\n[\s\S]*\bsrv\b/, "it is the container's own root");
    t.notMatch(stdout, /\bboot\b/);
    t.notMatch(stdout, "unreachable");
  });
}

test("CVE-2024-21626: a program reached through a leaked descriptor is not run", async (t) => {
  const leaked = openSync("/", "r");
  for (const path of ["/proc/self/fd/7/bin/ls", "/proc/self/fd/64/usr/bin/ls"]) {
    const subject = container(t, { process: { args: [path, "/"] } });
    const { code, stdout } = await subject.run([], { descriptors: descriptors(leaked) });
    t.not(code, 0);
    t.equal(stdout, "");
  }
  closeSync(leaked);
});

test("CVE-2024-21626: nothing but the streams is open in the program", async (t) => {
  const leaked = openSync("/", "r");
  const subject = container(t, { process: { args: ["ls", "/proc/self/fd"] } });
  const { stdout } = await subject.run([], { descriptors: descriptors(leaked) });
  closeSync(leaked);
  // 3 is ls's own look at the folder.
  t.equal(stdout, "0\n1\n2\n3\n");
});
