import { E } from "../../lib/linux/errno.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import { at, buffer, bytes, call, slot, words } from "../../lib/program/step.ts";
import { BAD, fail, numbers, runs, say } from "./cases.ts";
import { mapReport } from "./run.ts";

runs([
  {
    name: "clone runs the child, and gives the parent its pid",
    native: true,
    steps: () => {
      const pid = slot("pid");
      const status = buffer("status", 8);
      return [
        {
          op: "clone",
          doing: "fork",
          args: words(0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0),
          result: pid,
          child: [say("child,")],
          parent: [call("wait", "wait4", [pid, status, 0, 0]), say("parent")],
        },
        { op: "when", value: pid, equals: 0, then: [say("never")] },
        call("exit", "exit_group", [at(status, 0)]),
      ];
    },
    stdout: "child,parent",
  },
  {
    name: "a child's failure is its own: no attempt of its parent's reaches into it, and the first report stays",
    native: true,
    steps: () => {
      const pid = slot("pid");
      return [
        mapReport(),
        {
          op: "attempt",
          on: "any",
          steps: [
            {
              op: "clone",
              doing: "fork",
              args: bytes("clone_args", numbers(0n, 0n, 0n, 0n, 17n, 0n, 0n, 0n, 0n, 0n, 0n)),
              result: pid,
              child: [fail(E.EDOM)],
              parent: [call("wait", "wait4", [pid, 0, 0, 0]), fail(E.ERANGE)],
            },
          ],
          otherwise: [say("caught in the parent"), fail(E.EXDEV)],
        },
      ];
    },
    stdout: "caught in the parent",
    status: 1,
    report: [4, E.EDOM],
  },
  {
    name: "a thread in the same memory is told apart from its maker; each waits for what the other stores",
    native: true,
    steps: () => {
      const [tid, asked, answered] = [slot("tid"), slot("asked"), slot("answered")];
      const shared = CLONE.VM | CLONE.FS | CLONE.FILES | CLONE.SIGHAND | CLONE.THREAD | CLONE.SYSVSEM;
      const pause = call("sleep", "nanosleep", [words(0, 100_000), 0]);
      return [
        {
          op: "clone",
          doing: "make a thread",
          args: words(shared, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
          result: tid,
          child: [
            { op: "while", value: asked, equals: 0, steps: [pause] },
            say("thread,"),
            { op: "assign", slot: answered, value: 1 },
            call("end the thread", "exit", [0]),
          ],
          parent: [],
        },
        say("maker,"),
        { op: "assign", slot: asked, value: 1 },
        { op: "while", value: answered, equals: 0, steps: [] },
        say("maker"),
      ];
    },
    stdout: "maker,thread,maker",
  },
  {
    name: "while: steps are done as long as the value is the one, and a failure in them is caught around it",
    steps: () => {
      const [more, next] = [slot("more"), slot("next")];
      return [
        { op: "assign", slot: next, value: 0 },
        { op: "while", value: more, equals: 1, steps: [say("never")] },
        {
          op: "while",
          value: more,
          equals: 0,
          steps: [say("."), { op: "assign", slot: more, value: next }, { op: "assign", slot: next, value: 1 }],
        },
        {
          op: "attempt",
          on: "any",
          steps: [{ op: "while", value: more, equals: 1, steps: [BAD] }],
          otherwise: [say("caught")],
        },
      ];
    },
    stdout: "..caught",
  },
  {
    name: "a refused clone is a failed step",
    native: true,
    steps: () => [
      mapReport(),
      {
        op: "clone",
        doing: "fork",
        args: words(0xff, 0, 0, 0, 0, 0, 0, 0),
        result: slot("pid"),
        child: [],
        parent: [],
      },
    ],
    status: 1,
    report: [2, E.EINVAL],
  },
]);
