/** runtime.md § State and § Query State: what a runtime tells of a container. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { realpathSync } from "node:fs";
import { read } from "../test/support/host.ts";
import { must } from "./support/requirement.ts";

const STATE = "runtime.md § State";
const QUERY = "runtime.md § Query State";
const RETURN = "This operation MUST return the state of a container as specified in the State section.";

must(
  "state-no-id",
  QUERY,
  "This operation MUST generate an error if it is not provided the ID of a container.",
  async (c) => {
    await c.created();
    await c.fail("state without an id", c.command(["state"]));
  },
);

must(
  "state-unknown-id",
  QUERY,
  "Attempting to query a container that does not exist MUST generate an error.",
  async (c) => {
    await c.created();
    await c.fail("state", c.command(["state", `${c.id}-other`]));
  },
);

must("state-created", QUERY, RETURN, async (c) => {
  await c.created();
  equal((await c.state()).status, "created");
});

must("state-running", QUERY, RETURN, async (c) => {
  await c.running({});
  equal((await c.state()).status, "running");
});

must("state-stopped", QUERY, RETURN, async (c) => {
  await c.running({});
  await c.stop();
});

must(
  "state-oci-version",
  STATE,
  "ociVersion (string, REQUIRED) is version of the Open Container Initiative Runtime Specification with which the state complies.",
  async (c) => {
    await c.created();
    match((await c.state()).ociVersion, /^\d+\.\d+\.\d+([-+].*)?$/);
  },
);

must("state-id", STATE, "id (string, REQUIRED) is the container's ID.", async (c) => {
  await c.created();
  equal((await c.state()).id, c.id);
});

must(
  "state-pid",
  STATE,
  "pid (int, REQUIRED when status is created or running on Linux […]) is the ID of the container process.",
  async (c) => {
    await c.running({});
    const { pid } = await c.state();
    ok(Number.isInteger(pid) && pid > 0, `pid is ${pid}`);
    const command = read(`/proc/${pid}/cmdline`);
    ok(command.split("\0").includes(c.id), `process ${pid} is ${command}`);
  },
);

must(
  "state-pid-created",
  STATE,
  "pid (int, REQUIRED when status is created or running on Linux […]) is the ID of the container process.",
  async (c) => {
    await c.created();
    const { pid } = await c.state();
    ok(pid > 0, `pid is ${pid}`);
    await c.succeed("start", c.start());
    equal((await c.state()).pid, pid);
  },
);

must(
  "state-bundle",
  STATE,
  "bundle (string, REQUIRED) is the absolute path to the container's bundle directory.",
  async (c) => {
    c.prepare({}, {}, "wait");
    await c.succeed(
      "create",
      c.command(["create", c.id], { cwd: c.bundle, output: { stdout: "/dev/null", stderr: "/dev/null" } }),
    );
    equal((await c.state()).bundle, realpathSync(c.bundle));
  },
);

must(
  "state-annotations",
  STATE,
  "annotations (map, OPTIONAL) contains the list of annotations associated with the container.",
  async (c) => {
    const annotations = { "com.example.one": "1", "com.example.empty": "" };
    await c.created({ annotations });
    const told = (await c.state()).annotations ?? {};
    deepEqual(Object.fromEntries(Object.keys(annotations).map((key) => [key, told[key]])), annotations);
  },
);

must(
  "state-schema",
  STATE,
  "When serialized in JSON, the format MUST adhere to the JSON Schema schema/state-schema.json.",
  async (c) => {
    await c.created();
    const state: Record<string, unknown> = { ...(await c.state()) };
    const types = Object.entries({
      ociVersion: "string",
      id: "string",
      status: "string",
      bundle: "string",
      pid: "number",
    });
    for (const [property, type] of types) equal(typeof state[property], type, `${property} is ${state[property]}`);
    ok(["creating", "created", "running", "stopped"].includes(String(state.status)), `status is ${state.status}`);
    const annotations = state.annotations;
    if (annotations === undefined) return;
    ok(typeof annotations === "object" && annotations !== null && !Array.isArray(annotations), "annotations is a map");
    for (const value of Object.values(annotations)) equal(typeof value, "string");
  },
);
