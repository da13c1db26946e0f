import { test } from "tap";
import { describe, errnoOf } from "../../lib/base/errors.ts";
import { E } from "../../lib/linux/errno.ts";
import { at, buffer, call, type Step, slot, words } from "../../lib/program/step.ts";
import { failure, planText, stepText } from "../../lib/program/words.ts";

const [root, fd, pid] = [slot("rootfd"), slot("target"), slot("pid")];
const status = buffer("statx", 256);

const STEPS: readonly (readonly [Step, string])[] = [
  [call("", "fchdir", [root]), "fchdir(rootfd)"],
  [call("", "openat", [root, "proc", 0x200000, 0], { result: fd }), 'target = openat(rootfd, "proc", O_PATH, 0)'],
  [
    call("", "mkdirat", [fd, "x", 0o755], { tolerate: [E.EEXIST, E.EROFS] }),
    'mkdirat(target, "x", 0755) or EEXIST, EROFS',
  ],
  [call("", "close", [at(status, 28)]), "close(statx[28])"],
  [call("", "read", [3, status, 256]), "read(3, statx, 256)"],
  [call("", "writev", [1, words("a", 1), 1]), 'writev(1, ["a", 1], 1)'],
  [{ op: "store", into: status, offset: 0, width: 4, value: pid }, "statx = pid"],
  [{ op: "store", into: status, offset: 16, width: 4, value: 7 }, "statx[16] = 7"],
  [{ op: "assign", slot: fd, value: "/bin/sh" }, 'target = "/bin/sh"'],
  [{ op: "when", value: fd, equals: -2, then: [] }, "if target == -2"],
  [{ op: "when", value: at(status, 28), mask: 0xf000, equals: 0x4000, then: [] }, "if (statx[28] & 0xf000) == 0x4000"],
  [{ op: "fail", doing: "look", errno: E.ENODEV }, "fail with ENODEV"],
  [{ op: "fail", doing: "look", errno: 0 }, "fail"],
  [{ op: "attempt", on: "any", steps: [], otherwise: [] }, "try"],
  [
    { op: "clone", doing: "", args: words(0x20000000, 0, 0, 0, 17), result: pid, child: [], parent: [] },
    "pid = clone3({flags=CLONE_NEWPID, exit_signal=SIGCHLD}, 40)",
  ],
  [{ op: "clone", doing: "", args: buffer("args", 88), result: pid, child: [], parent: [] }, "pid = clone3(args, 88)"],
];

for (const [step, text] of STEPS) {
  test(`stepText(): ${text}`, (t) => {
    t.equal(stepText(step), text);
    t.end();
  });
}

test("planText() lists steps with their numbers, blocks indented", (t) => {
  const plan: Step[] = [
    call("go in", "chdir", ["/"]),
    {
      op: "attempt",
      on: [E.ENOENT, E.EINVAL],
      steps: [call("go on", "chdir", ["x"])],
      otherwise: [{ op: "when", value: fd, equals: 1, then: [call("go up", "chdir", [".."])], otherwise: [] }],
    },
    {
      op: "clone",
      doing: "fork",
      args: words(0),
      result: pid,
      child: [call("leave", "setsid", [])],
      parent: [call("wait", "wait4", [pid, 0, 0, 0])],
    },
    { op: "each", items: [[3], [4]], into: [fd], steps: [call("close {}", "close", [fd])] },
  ];
  t.strictSame(planText(plan), [
    '   1 go in: chdir("/")',
    "   2 try",
    '   3   go on: chdir("x")',
    "     on ENOENT, EINVAL",
    "   4   if target == 1",
    '   5     go up: chdir("..")',
    "       else",
    "   6 fork: pid = clone3({}, 8)",
    "     in the child",
    "   7   leave: setsid()",
    "     in the parent",
    "   8   wait: wait4(pid, NULL, 0, NULL)",
    "   9 close 3: close(3)",
    "  10 close 4: close(4)",
  ]);
  t.end();
});

test("failure() reads like strace, with a hint where the errno misleads", (t) => {
  const mount = call("mount proc on /proc", "mount", ["proc", ".", "proc", 0xe, 0]);
  const cases: [Step, number | undefined, string][] = [
    [
      mount,
      E.EBUSY,
      'mount proc on /proc: mount("proc", ".", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL): EBUSY: device or resource busy' +
        " (the file system is in use in another way, such as read-write)",
    ],
    [
      mount,
      E.ENOTDIR,
      'mount proc on /proc: mount("proc", ".", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL): ENOTDIR: not a directory',
    ],
    [
      { op: "clone", doing: "create init", args: words(0), result: pid, child: [], parent: [] },
      E.EUSERS,
      "create init: clone3({}, 8): EUSERS: too many users (user namespaces nest too deep)",
    ],
    [{ op: "fail", doing: "check /dev/null", errno: E.ENODEV }, E.ENODEV, "check /dev/null: ENODEV: no such device"],
    [{ op: "fail", doing: "run a hook: it was late", errno: 0 }, undefined, "run a hook: it was late"],
  ];
  for (const [step, errno, text] of cases) {
    const error = failure(step, errno ?? 0);
    t.equal(describe(error), text);
    t.equal(errnoOf(error), errno);
  }
  t.end();
});
