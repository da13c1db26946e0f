import { test } from "tap";
import type { Config } from "../../lib/config/schema.ts";
import { notifiesItself, notifyMounts } from "../../lib/spec/notify.ts";

test("a container with NOTIFY_SOCKET in its environment, or without a process, needs none of ours", async (t) => {
  const itself = (process: object | undefined) => notifiesItself({ process } as unknown as Config);
  t.ok(itself({ env: ["A=b", "NOTIFY_SOCKET=/x"] }));
  t.ok(itself(undefined));
  t.notOk(itself({ env: ["NOTIFY_SOCKETS=/x"] }));
  t.notOk(itself({}));
});

test("the mount shows the directory, and no directory is no mount", async (t) => {
  t.match(notifyMounts("/state/c1/notify"), [{ kind: "bind", destination: "/run/notify", source: "/state/c1/notify" }]);
  t.same(notifyMounts(undefined), []);
});
