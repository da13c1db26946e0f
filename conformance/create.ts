/** runtime.md § Create and steps 1 and 2 of the lifecycle. */
import { equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { merge, writeConfig } from "../test/support/bundle.ts";
import { pause, processesNamed } from "../test/support/host.ts";
import { calls, leadsTo } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

export const CREATE = "runtime.md § Create";
const LIFECYCLE = "runtime.md § Lifecycle";
const NEEDS_BOTH =
  "This operation MUST generate an error if it is not provided a path to the bundle and the container ID to associate with the container.";
const UNIQUE =
  "If the ID provided is not unique across all containers within the scope of the runtime, or is not valid in any other way, the implementation MUST generate an error and a new container MUST NOT be created.";
export const CANNOT =
  "If the runtime cannot apply a property as specified in the configuration, it MUST generate an error and a new container MUST NOT be created.";

must("create-no-id", CREATE, NEEDS_BOTH, async (c) => {
  c.prepare({}, {}, "wait");
  await c.fail("create without an id", c.command(["create", "--bundle", c.bundle]));
});

must("create-no-bundle", CREATE, NEEDS_BOTH, async (c) => {
  // Without --bundle the bundle is the working directory, which is none here.
  await c.fail("create without a bundle", c.command(["create", c.id], { cwd: c.folder("empty") }));
  equal(await c.status(), "gone");
});

must("create-bundle-missing", CREATE, NEEDS_BOTH, async (c) => {
  await c.fail("create", c.command(["create", "--bundle", join(c.directory, "nowhere"), c.id]));
  equal(await c.status(), "gone");
});

must("create-new", CREATE, "This operation MUST create a new container.", async (c) => {
  await c.created();
  equal((await c.state()).status, "created");
});

for (const again of ["created", "running", "stopped"] as const) {
  must(`create-id-taken-${again}`, CREATE, UNIQUE, async (c) => {
    await c.created();
    if (again !== "created") await c.succeed("start", c.start());
    if (again === "stopped") await c.stop();
    const { pid } = await c.state();
    await c.fail("create with the same id", c.create());
    const after = await c.state();
    equal(after.status, again, "the first container is as it was");
    if (again !== "stopped") equal(after.pid, pid);
  });
}

for (const [name, id] of Object.entries({ empty: "", dots: "..", slash: "a/b", traversal: "../escaped" })) {
  must(`create-id-invalid-${name}`, CREATE, UNIQUE, async (c) => {
    c.prepare({}, {}, "wait");
    await c.fail(`create with the id "${id}"`, c.command(["create", "--bundle", c.bundle, id]));
    equal(processesNamed(c.id).length, 0, "no process is left");
  });
}

must(
  "create-args-not-run",
  CREATE,
  "process.args MUST NOT be applied until triggered by the start operation.",
  async (c) => {
    await c.created({}, { told: calls("getpid") });
    await pause(200);
    equal(c.outputSize, 0, "the user's program has not written anything");
    await c.succeed("start", c.start());
    await c.told({ told: calls("getpid") });
  },
);

must(
  "create-properties-applied",
  CREATE,
  "All of the properties configured in config.json except for process MUST be applied.",
  async (c) => {
    await c.created({
      hostname: "applied",
      linux: { namespaces: [{ type: "uts" }, { type: "mount" }, { type: "pid" }] },
    });
    const { pid } = await c.state();
    const name = execFileSync("nsenter", ["--uts", "--target", String(pid), "uname", "-n"], { encoding: "utf8" });
    equal(name.trim(), "applied");
  },
);

must("create-cannot-apply", CREATE, CANNOT, async (c) => {
  await c.refused({ linux: { sysctl: { "net.ipv4.no_such_parameter": "1" } } });
});

must(
  "create-cannot-apply-leaves-nothing",
  "runtime.md § Errors",
  "Unless otherwise stated, generating an error MUST leave the state of the environment as if the operation were never attempted",
  async (c) => {
    await c.refused({
      mounts: [...(c.base().mounts as object[]), { destination: "/mnt", type: "no-such-filesystem", source: "x" }],
    });
    equal((await c.remains()).join("; "), "");
  },
);

must(
  "create-config-later",
  LIFECYCLE,
  "Any updates to config.json after this step MUST NOT affect the container.",
  async (c) => {
    const asks = { uid: calls("getuid"), cwd: leadsTo("/proc/self/cwd") };
    await c.created({}, asks);
    writeConfig(
      c.bundle,
      merge(c.base(), { process: { user: { uid: 1234, gid: 1234 }, cwd: "/tmp", args: ["/nowhere"] } }),
    );
    await c.succeed("start", c.start());
    const told = await c.told(asks);
    equal(told.uid, 0);
    equal(told.cwd, "/");
  },
);

must(
  "create-config-spoilt-later",
  LIFECYCLE,
  "Any updates to config.json after this step MUST NOT affect the container.",
  async (c) => {
    await c.created();
    writeFileSync(join(c.bundle, "config.json"), "{");
    await c.succeed("start", c.start());
    await c.stop();
    await c.succeed("delete", c.delete());
  },
);

must(
  "create-two-at-once",
  "runtime.md § Scope of a Container",
  "The entity using a runtime to create a container MUST be able to use the operations defined in this specification against that same container.",
  async (c) => {
    await c.created();
    const second = c.other();
    await second.created();
    await second.succeed("start", second.start());
    equal(await c.status(), "created");
    equal(await second.status(), "running");
  },
);

must(
  "create-config-missing",
  LIFECYCLE,
  "If the runtime is unable to create the environment specified in the config.json, it MUST generate an error.",
  async (c) => {
    mkdirSync(c.bundle, { recursive: true });
    await c.fail("create without config.json", c.create());
  },
);
