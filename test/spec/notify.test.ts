import { test } from "tap";
import { notifiesItself, notifyMounts } from "../../lib/spec/notify.ts";

test("a container with NOTIFY_SOCKET in its environment, or without a process, needs none of ours", async (t) => {
  const itself = (...env: string[]) => notifiesItself({ process: { env } });
  t.ok(itself("A=b", "NOTIFY_SOCKET=/x"));
  t.ok(notifiesItself({}));
  t.notOk(itself("NOTIFY_SOCKETS=/x"));
  t.notOk(notifiesItself({ process: {} }));
});

test("the mount shows the directory, and no directory is no mount", async (t) => {
  t.match(notifyMounts("/state/c1/notify"), [{ kind: "bind", destination: "/run/notify", source: "/state/c1/notify" }]);
  t.same(notifyMounts(undefined), []);
});
