import { test } from "tap";
import { at, buffer, bytes, call, slot, words } from "../../lib/program/step.ts";

test("the makers of steps make plain data", (t) => {
  const fd = slot("fd");
  const room = buffer("room", 4);
  t.strictSame(fd, { kind: "slot", name: "fd" });
  t.strictSame(bytes("init", new Uint8Array(3)), { kind: "buffer", name: "init", size: 3, init: new Uint8Array(3) });
  t.strictSame(words(1, "x", room), { kind: "words", words: [1, "x", room] });
  t.strictSame(at(room, 2), { kind: "at", buffer: room, offset: 2, width: 4 });
  t.strictSame(at(room, 0, 8).width, 8);
  t.strictSame(call("close", "close", [fd]), { op: "call", doing: "close", call: "close", args: [fd] });
  t.strictSame(call("open", "open", ["/"], { result: fd, tolerate: [2] }), {
    ...{ op: "call", doing: "open", call: "open", args: ["/"] },
    ...{ result: fd, tolerate: [2] },
  });
  t.end();
});
