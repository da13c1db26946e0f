import { test } from "tap";
import { SERVICES, type ServiceMessage } from "../../lib/cli/log-services.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const sent = (name: keyof typeof SERVICES, change: Partial<ServiceMessage> = {}) =>
  Buffer.from(
    SERVICES[name].datagram(
      {
        identifier: "me",
        level: "error",
        message: "it failed",
        date: new Date(2026, 0, 2, 3, 4, 5),
        pid: 7,
        ...change,
      },
      encode,
    ),
  ).toString("latin1");

test("journald gets fields; the message has its size before it", async (t) => {
  const size = "\t\0\0\0\0\0\0\0";
  t.equal(sent("journald"), `PRIORITY=3\nSYSLOG_IDENTIFIER=me\nMESSAGE\n${size}it failed\n`);
  t.match(sent("journald", { message: "a\nPRIORITY=0" }), /MESSAGE\n\f\0{7}a\nPRIORITY=0\n$/);
  t.match(sent("journald", { message: "\u00e9" }), "MESSAGE\n\x02");
});

test("syslog gets a line", async (t) => {
  t.equal(sent("syslog"), "<11>Jan  2 03:04:05 me[7]: it failed");
  t.equal(
    sent("syslog", { message: "a\nb", date: new Date(2026, 10, 22, 13, 14, 15) }),
    "<11>Nov 22 13:14:15 me[7]: a b",
  );
});

for (const [level, priority] of [
  ["error", 3],
  ["warning", 4],
  ["debug", 7],
] as const) {
  test(`the priority of ${level}`, async (t) => {
    t.match(sent("journald", { level }), `PRIORITY=${priority}\n`);
    t.match(sent("syslog", { level }), `<${8 + priority}>`);
  });
}
