import { test } from "tap";
import { integer, NO_TEXT, object, type Row, required, text, tryRows, validator } from "./support.ts";

const STATE = { ociVersion: "1.3.0", id: "c1", status: "running", pid: 4422, bundle: "/b", annotations: { a: "b" } };

const ROWS: Readonly<Record<string, Row>> = {
  "/ociVersion": required(text),
  "/id": { good: ["c1"], bad: ["", undefined, ...NO_TEXT] },
  "/status": {
    good: ["creating", "created", "running", "stopped", "paused"],
    bad: ["", "exited", undefined, ...NO_TEXT],
  },
  "/pid": { good: [1, 4194304], bad: [0, ...integer(0, 4194304).bad] },
  "/bundle": { good: ["/b"], bad: ["b", undefined, ...NO_TEXT] },
  "/annotations": { good: [{}, undefined], bad: [...object.bad, { a: 1 }] },
};

test("state.json", (t) => {
  tryRows(t, STATE, ROWS, [validator("state")]);
  t.end();
});

test("a container that was created or runs has a pid, others may do without", (t) => {
  const validate = validator("state");
  const { pid: _, ...without } = STATE;
  const rows = { creating: true, created: false, running: false, stopped: true };
  for (const [status, good] of Object.entries(rows)) t.equal(validate({ ...without, status }), good, status);
  t.ok(validate({ ...STATE, status: "stopped", pid: 0 }));
  t.end();
});
