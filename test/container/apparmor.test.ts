/** AppArmor where the kernel enforces it: the profile confines the program and what exec runs, and one that is not loaded is no profile. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Test, test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { container, inside, refused, running } from "../support/container.ts";
import { read } from "../support/host.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

const PARSER = "/sbin/apparmor_parser";
const ENFORCED = read("/sys/module/apparmor/parameters/enabled").startsWith("Y");
const skip =
  (!ENFORCED && "this kernel does not enforce AppArmor") || (!existsSync(PARSER) && "there is no apparmor_parser here");

/** All is allowed but to write to /tmp/denied. */
const RULES = "file, capability, network, mount, umount, pivot_root, signal, ptrace, unix, deny /tmp/denied w,";

/** Loads a profile of that mode, for as long as the test takes. @returns its name */
function profile(t: Test, mode = ""): string {
  const name = uniqueName();
  const file = join(scratch, `${name}.apparmor`);
  const flags = `flags=(attach_disconnected,mediate_deleted${mode && `,${mode}`})`;
  writeFileSync(file, `profile ${name} ${flags} { ${RULES} }\n`);
  const parser = (option: string) => spawnSync(PARSER, ["--skip-cache", option, file], { encoding: "utf8" });
  const { status, stderr } = parser("--replace");
  if (status !== 0) throw new Error(stderr);
  t.teardown(() => parser("--remove"));
  return name;
}

const CURRENT = "cat /proc/self/attr/apparmor/current || cat /proc/self/attr/current";
const WRITE = "echo text > /tmp/allowed && echo allowed; echo text 2>/dev/null > /tmp/denied || echo denied";
const tmp = { destination: "/tmp", type: "tmpfs", source: "tmpfs" };

test("a profile confines the program", { skip }, async (t) => {
  const apparmorProfile = profile(t);
  const change = {
    process: { apparmorProfile },
    mounts: [...MOUNTS, tmp],
  };
  t.equal(await inside(t, `${CURRENT}; ${WRITE}`, change), `${apparmorProfile} (enforce)\nallowed\ndenied`);
  t.match(await inside(t, `${CURRENT}; ${WRITE}; cat /tmp/denied`, { mounts: change.mounts }), /allowed\ntext$/);
});

test("a profile with no_new_privs, and after a change of user", { skip }, async (t) => {
  const apparmorProfile = profile(t);
  const process = { apparmorProfile, noNewPrivileges: true, user: { uid: 1000, gid: 1000 } };
  t.equal(await inside(t, CURRENT, { process }), `${apparmorProfile} (enforce)`);
});

test("a profile that complains", { skip }, async (t) => {
  const apparmorProfile = profile(t, "complain");
  t.equal(await inside(t, CURRENT, { process: { apparmorProfile } }), `${apparmorProfile} (complain)`);
});

test("exec has the container's profile, or one of its own", { skip }, async (t) => {
  const [own, other] = [profile(t), profile(t)];
  const subject = await running(t, { process: { apparmorProfile: own } });
  t.equal((await subject.exec(["sh", "-c", CURRENT])).stdout, `${own} (enforce)\n`);
  t.equal((await subject.exec(["sh", "-c", CURRENT], ["--apparmor", other])).stdout, `${other} (enforce)\n`);
  const { code, stderr } = await subject.exec(["true"], ["--apparmor", "no-such-profile"]);
  t.equal(code, 255);
  t.match(stderr, /AppArmor profile "no-such-profile".*no such file/);
});

test("a profile that is not loaded fails create", { skip }, async (t) => {
  const told = await refused(t, { process: { apparmorProfile: "no-such-profile" } });
  t.match(told, /set the AppArmor profile "no-such-profile": .*no such file/);
});

const SECOND = { destination: "/srv", type: "proc", source: "proc" };

test("CVE-2019-16884: nothing but a procfs covers /proc where the profile is written to", { skip }, async (t) => {
  const mounts = [{ destination: "/proc", type: "tmpfs", source: "tmpfs" }, ...MOUNTS.slice(1), SECOND];
  t.match(await refused(t, { process: { apparmorProfile: profile(t) }, mounts }), "only a procfs can be mounted there");
});

test("CVE-2019-16884: files of the image's that look like those of /proc do not swallow the profile", {
  skip,
}, async (t) => {
  const apparmorProfile = profile(t);
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    for (const name of ["self/attr/apparmor/exec", "self/attr/exec", "thread-self/attr/apparmor/exec"]) {
      mkdirSync(join(it.rootfs, "proc", dirname(name)), { recursive: true });
      writeFileSync(join(it.rootfs, "proc", name), "");
    }
    const process = { apparmorProfile, args: ["cat", "/srv/self/attr/current"] };
    return { root, mounts: [...MOUNTS.slice(1), SECOND], process };
  });
  t.match(await subject.run(), { code: 0, stdout: `${apparmorProfile} (enforce)\n` });
  t.equal(read(join(subject.rootfs, "proc/self/attr/exec")), "");
});
