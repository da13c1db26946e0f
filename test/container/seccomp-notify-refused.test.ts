/** config-linux.md § Seccomp: what of an agent can't be meant. */
import { join } from "node:path";
import { test } from "tap";
import { notify, socketOf } from "../support/agent.ts";
import type { Config } from "../support/bundle.ts";
import { type Container, refused } from "../support/container.ts";

const REFUSED: readonly { name: string; seccomp: (it: Container) => Config; error: RegExp }[] = [
  {
    name: "NOTIFY without a listener",
    seccomp: () => notify("getsid"),
    error: /listenerPath must be there for SCMP_ACT_NOTIFY/,
  },
  {
    name: "an empty path",
    seccomp: () => ({ ...notify("getsid"), listenerPath: "" }),
    error: /listenerPath must be there for SCMP_ACT_NOTIFY/,
  },
  {
    name: "a socket that is not there",
    seccomp: (it) => ({ ...notify("getsid"), listenerPath: socketOf(it) }),
    error: /agent\.sock" does not exist: no such file or directory/,
  },
  {
    name: "a file that is no socket",
    seccomp: (it) => ({ ...notify("getsid"), listenerPath: join(it.bundle, "config.json") }),
    error: /config\.json" is no socket/,
  },
  {
    name: "a relative path",
    seccomp: () => ({ ...notify("getsid"), listenerPath: "agent.sock" }),
    error: /must be absolute: it is "agent\.sock"/,
  },
  {
    name: "an agent that is to answer for write",
    seccomp: () => ({ ...notify("write"), listenerPath: "/s" }),
    error: /names\/0 must be a call other than write/,
  },
  {
    name: "an agent that is to answer for everything",
    seccomp: () => ({ defaultAction: "SCMP_ACT_NOTIFY", listenerPath: "/s" }),
    error: /defaultAction must be another than SCMP_ACT_NOTIFY/,
  },
  {
    name: "words for no agent",
    seccomp: () => ({ defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x" }),
    error: /listenerMetadata must come with a listenerPath/,
  },
];
for (const { name, seccomp, error } of REFUSED) {
  test(`refused: ${name}`, async (t) => {
    t.match(await refused(t, (it) => ({ linux: { seccomp: seccomp(it) } })), error);
  });
}
