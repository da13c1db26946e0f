/**
 * AppArmor and SELinux: config.md § Linux Process, config-linux.md § Mount Label. What can be shown is that a runtime does not run a
 * container without the confinement that is asked for: where the machine has none, and for a profile or label that there is not.
 */
import { existsSync } from "node:fs";
import type { Config } from "../test/support/bundle.ts";
import { CANNOT } from "./create.ts";
import { must, skip } from "./support/requirement.ts";

const hasSELinux = (): boolean => existsSync("/sys/fs/selinux/enforce");

/** Its own words in the matrix: the property's section, the rule of runtime.md. */
const ROWS: Readonly<
  Record<string, { readonly section: string; readonly change: Config; readonly needs?: () => void }>
> = {
  "apparmor-profile": {
    section: "config.md § Linux Process",
    // No machine has a profile of this name.
    change: { process: { apparmorProfile: "no-such-profile-of-conformance" } },
  },
  "selinux-label": {
    section: "config.md § Linux Process",
    change: { process: { selinuxLabel: "system_u:system_r:container_t:s0:c1,c2" } },
    needs: () => hasSELinux() && skip("the machine has SELinux, where the label may be one"),
  },
  "mount-label": {
    section: "config-linux.md § Mount Label",
    change: { linux: { mountLabel: "system_u:object_r:container_file_t:s0:c1,c2" } },
    needs: () => hasSELinux() && skip("the machine has SELinux, where the label may be one"),
  },
};

for (const [id, { section, change, needs }] of Object.entries(ROWS)) {
  must(`${id}-not-there`, section, CANNOT, async (c) => {
    needs?.();
    await c.refused(change);
  });
}
