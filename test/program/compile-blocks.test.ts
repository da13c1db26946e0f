import { E } from "../../lib/linux/errno.ts";
import { at, buffer, call, type Step, slot, words } from "../../lib/program/step.ts";
import { BAD, fail, runs, say } from "./cases.ts";
import { mapReport } from "./run.ts";

runs([
  {
    name: "a failed call ends the program with 1, even without a report page",
    steps: () => [BAD, say("never")],
    status: 1,
  },
  {
    name: "a failed call leaves its step and errno",
    steps: () => [mapReport(), say("before"), BAD, say("never")],
    stdout: "before",
    status: 1,
    report: [3, E.EBADF],
  },
  {
    name: "steps count through blocks, before those inside them",
    steps: () => [
      mapReport(),
      {
        op: "attempt",
        on: [E.EBADF],
        steps: [BAD],
        otherwise: [{ op: "when", value: 1, equals: 2, then: [BAD], otherwise: [fail(E.EXDEV)] }],
      },
    ],
    status: 1,
    report: [6, E.EXDEV],
  },
  {
    name: "a tolerated errno goes on, and is the result",
    steps: () => {
      const result = slot("result");
      return [
        call("close nothing", "close", [1000], { result, tolerate: [E.ENOENT, E.EBADF] }),
        { op: "when", value: result, equals: -E.EBADF, then: [say("EBADF")] },
      ];
    },
    stdout: "EBADF",
  },
  {
    name: "an errno that is not tolerated fails",
    steps: () => [mapReport(), call("close nothing", "close", [1000], { tolerate: [E.ENOENT] })],
    status: 1,
    report: [2, E.EBADF],
  },
  {
    name: "an attempt goes on with the alternative in place of the rest",
    steps: () => [
      { op: "attempt", on: [E.ENOENT, E.EBADF], steps: [say("a"), BAD, say("never")], otherwise: [say("b")] },
      say("c"),
    ],
    stdout: "abc",
  },
  {
    name: "an attempt that works leaves the alternative out",
    steps: () => [{ op: "attempt", on: "any", steps: [say("a")], otherwise: [say("never")] }, say("c")],
    stdout: "ac",
  },
  {
    name: "an attempt lets other errnos through, to the one around it",
    steps: () => [
      {
        op: "attempt",
        on: "any",
        steps: [{ op: "attempt", on: [E.ENOENT], steps: [BAD], otherwise: [say("never")] }, say("never")],
        otherwise: [say("outer")],
      },
    ],
    stdout: "outer",
  },
  {
    name: "an attempt is over in its alternative, and after it",
    steps: () => [
      mapReport(),
      {
        op: "attempt",
        on: "any",
        steps: [{ op: "attempt", on: "any", steps: [BAD], otherwise: [say("1"), BAD] }],
        otherwise: [say("2")],
      },
      BAD,
    ],
    stdout: "12",
    status: 1,
    report: [8, E.EBADF],
  },
  {
    name: "an attempt on nothing catches nothing",
    steps: () => [mapReport(), { op: "attempt", on: [], steps: [fail(E.EPERM)], otherwise: [] }],
    status: 1,
    report: [3, E.EPERM],
  },
  {
    name: "a failure without errno is told by its step alone",
    steps: () => [mapReport(), say("before"), fail(0), say("never")],
    stdout: "before",
    status: 1,
    report: [3, 0],
  },
  {
    name: "fail is caught like a call",
    steps: () => [{ op: "attempt", on: [E.ESTALE], steps: [fail(E.ESTALE)], otherwise: [say("caught")] }],
    stdout: "caught",
  },
  {
    name: "when compares what the mask leaves",
    steps: () => {
      const memory = buffer("memory", 8);
      return [
        { op: "store", into: memory, offset: 0, width: 8, value: -2 },
        { op: "when", value: at(memory, 0), equals: 0xfffffffe, then: [say("1")], otherwise: [say("-")] },
        { op: "when", value: at(memory, 0, 8), equals: -2, then: [say("2")], otherwise: [say("-")] },
        { op: "when", value: at(memory, 0, 8), mask: 0xff, equals: 0xfe, then: [say("3")] },
        { op: "when", value: at(memory, 0, 8), mask: 0xffffffff, equals: 0xfffffffe, then: [say("4")] },
        { op: "when", value: at(memory, 0, 8), mask: 2 ** 40, equals: 2 ** 40, then: [say("5")] },
        { op: "when", value: at(memory, 0, 8), equals: 0xfffffffe, then: [say("-")], otherwise: [say("6")] },
        { op: "when", value: 0o40755, mask: 0o170000, equals: 0o40000, then: [say("7")] },
      ];
    },
    stdout: "1234567",
  },
  {
    name: "a filled report page keeps the first failure",
    steps: () => {
      const file = slot("report");
      return [
        mapReport(),
        { op: "assign", slot: file, value: 3 },
        call("fill the page", "pwrite64", [file, words(9 + E.EIO * 2 ** 32), 8, 0]),
        BAD,
      ];
    },
    status: 1,
    report: [9, E.EIO],
  },
  {
    name: "each runs its steps for every item of the table",
    steps: () => {
      const [text, length] = [slot("text"), slot("length")];
      return [
        {
          op: "each",
          items: [
            ["one ", 4],
            ["zwei ", 5],
            ["drei ", 5],
          ],
          into: [text, length],
          steps: [call("say {}", "write", [1, text, length])],
        },
        { op: "each", items: [], into: [text], steps: [say("never")] },
        say("done"),
      ];
    },
    stdout: "one zwei drei done",
  },
  {
    name: "steps of a table count for each item",
    steps: () => {
      const fd = slot("fd");
      return [
        mapReport(),
        {
          op: "each",
          items: [[1000], [1001], [1], [1002]],
          into: [fd],
          steps: [
            call("close {}", "close", [fd], { tolerate: [E.EBADF] }),
            { op: "when", value: fd, equals: 1, then: [fail(E.EXDEV)] },
          ],
        },
      ];
    },
    status: 1,
    // Three steps for each of two items, then the third of the third.
    report: [1 + 3 + 3 + 3, E.EXDEV],
  },
  {
    name: "what follows a table counts on",
    steps: () => {
      const fd = slot("fd");
      const close = call("close {}", "close", [fd], { tolerate: [E.EBADF] });
      const table: Step = { op: "each", items: [[1000], [1001]], into: [fd], steps: [close] };
      return [mapReport(), table, table, say("x"), BAD];
    },
    stdout: "x",
    status: 1,
    report: [1 + 2 + 2 + 2, E.EBADF],
  },
  {
    name: "an attempt in a table is over with its item",
    steps: () => {
      const fd = slot("fd");
      return [
        mapReport(),
        {
          op: "each",
          items: [[1000], [1001]],
          into: [fd],
          steps: [{ op: "attempt", on: "any", steps: [call("close", "close", [fd])], otherwise: [say(".")] }],
        },
        BAD,
      ];
    },
    stdout: "..",
    status: 1,
    report: [1 + 3 + 3 + 1, E.EBADF],
  },
]);
