/** config-linux.md § Seccomp: listenerPath, and § The Container Process State. */
import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { buffer, type Slot, type Step } from "../lib/program/step.ts";
import type { Config } from "../test/support/bundle.ts";
import { calls } from "./support/asks.ts";
import type { State } from "./support/container.ts";
import { asked } from "./support/observer.ts";
import { beside, receives } from "./support/receiver.ts";
import { must } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const SECTION = "config-linux.md § Seccomp";
const STATE = "config-linux.md § The Container Process State";
const SINCE = { since: "1.1" };

/** SECCOMP_IOCTL_NOTIF_RECV and _SEND, ioctl numbers of struct seccomp_notif (80 bytes) and seccomp_notif_resp (24). */
const RECV = 0xc0502100;
const SEND = 0xc0182101;

/** Answers one notification with ENOLINK. */
function answers(fd: Slot): Step[] {
  const [request, answer] = [buffer("notif", 80), buffer("resp", 24)];
  return [
    asked("ioctl", [fd, RECV, request]),
    { op: "store", into: answer, offset: 0, width: 8, value: { kind: "at", buffer: request, offset: 0, width: 8 } },
    { op: "store", into: answer, offset: 16, width: 4, value: -67 },
    asked("ioctl", [fd, SEND, answer]),
  ];
}

const notify = (more: Config): Config => ({
  ociVersion: "1.1.0",
  annotations: { "com.example.key": "value" },
  linux: {
    seccomp: {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["getpriority"], action: "SCMP_ACT_NOTIFY" }],
      ...more,
    },
  },
});

interface ProcessState {
  readonly ociVersion: string;
  readonly fds: readonly string[];
  readonly pid: number;
  readonly metadata?: string;
  readonly state: State;
}

/** Runs a container whose call an agent answers: what the agent was sent, what the call said. */
async function withAgent(c: Subject, metadata?: string) {
  const listenerPath = join(c.directory, "agent");
  const agent = await beside(c, { sent: receives(listenerPath, answers) });
  const asks = { call: calls("getpriority", 0, 0) };
  await c.running(asks, notify({ listenerPath, ...(metadata !== undefined && { listenerMetadata: metadata }) }));
  const { sent } = await agent();
  return { call: (await c.told(asks)).call, sent, told: JSON.parse(sent.text) as ProcessState };
}

must(
  "notify-agent-answers",
  SECTION,
  "seccompFd (string, REQUIRED) is the seccomp file descriptor returned by the seccomp syscall.",
  async (c) => {
    const { call, sent } = await withAgent(c);
    ok(sent.descriptor, "a descriptor came");
    equal(call, "ENOLINK", "the agent's answer is the call's");
  },
  SINCE,
);

must(
  "notify-state",
  STATE,
  "The container runtime MUST send the container process state over the UNIX socket as regular payload serialized in JSON and file descriptors MUST be sent using SCM_RIGHTS.",
  async (c) => {
    const { told } = await withAgent(c);
    equal(told.fds[0], "seccompFd");
    equal(told.pid, (await c.state()).pid);
    equal(told.state.id, c.id);
    equal(told.state.bundle, c.bundle);
    equal(told.state.annotations?.["com.example.key"], "value");
    ok(typeof told.ociVersion === "string" && typeof told.state.status === "string");
  },
  SINCE,
);

must(
  "notify-closed",
  SECTION,
  "The connection MUST NOT be reused and it MUST be closed after sending a seccomp state.",
  async (c) => {
    const { sent } = await withAgent(c);
    ok(sent.closed);
  },
  SINCE,
);

must(
  "notify-metadata",
  SECTION,
  "This string will be sent as the metadata field in the container process state.",
  async (c) => {
    equal((await withAgent(c, "some opaque words")).told.metadata, "some opaque words");
  },
  SINCE,
);

must(
  "notify-nobody-listens",
  SECTION,
  "If sending to this socket fails, the runtime MUST generate an error.",
  async (c) => {
    c.prepare(notify({ listenerPath: join(c.directory, "nobody") }), {}, "wait");
    const { code } = await c.create();
    if (code === 0) await c.fail("start", c.start());
  },
  SINCE,
);

must(
  "notify-path-ignored",
  SECTION,
  "If the SCMP_ACT_NOTIFY action is not used this value is ignored.",
  async (c) => {
    const syscalls = [{ names: ["getpriority"], action: "SCMP_ACT_ERRNO" }];
    await c.ask({}, notify({ listenerPath: join(c.directory, "nobody"), syscalls }));
  },
  SINCE,
);
