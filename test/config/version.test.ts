import { test } from "tap";
import type { OciConfig } from "../../lib/config/schema.ts";
import { modernize } from "../../lib/config/version.ts";

const LIMITS: readonly (readonly [version: string, limit: number, is: number])[] = [
  ["1.0.0", 0, -1],
  ["1.0.2-dev", 0, -1],
  ["1.2.1", 0, -1],
  ["1.3.0", 0, 0],
  ["1.3.0-rc.1", 0, 0],
  ["1.10.0", 0, 0],
  ["1.0.2", 1, 1],
  ["1.0.2", -1, -1],
];

for (const [ociVersion, limit, is] of LIMITS) {
  test(`modernize: pids.limit ${limit} of version ${ociVersion} is ${is}`, async (t) => {
    const pids = { limit };
    modernize({ ociVersion, root: { path: "/" }, linux: { resources: { pids } } } as OciConfig);
    t.same(pids, { limit: is });
  });
}

test("modernize: what has no such limit stays", async (t) => {
  for (const linux of [undefined, {}, { resources: {} }, { resources: { pids: {} } }]) {
    const config = { ociVersion: "1.0.0", root: { path: "/" }, linux } as OciConfig;
    modernize(config);
    t.same(config.linux, linux);
  }
});
