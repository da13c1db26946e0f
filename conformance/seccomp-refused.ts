/** config-linux.md § Seccomp: filters that a runtime must refuse. */
import type { Config } from "../test/support/bundle.ts";
import { profile, rule, SECTION } from "./seccomp.ts";
import { invalid, must } from "./support/requirement.ts";

const ERRNO_UNSUPPORTED = "When the action doesn't support an errno, the runtime MUST print and error and fail.";
for (const action of ["SCMP_ACT_ALLOW", "SCMP_ACT_KILL", "SCMP_ACT_LOG"]) {
  must(
    `seccomp-errno-ret-with-${action.slice(9)}`,
    SECTION,
    ERRNO_UNSUPPORTED,
    async (c) => {
      await c.refused(profile(rule(action, { errnoRet: 1 })));
    },
    { since: "1.1" },
  );
}

must(
  "seccomp-default-errno-ret-with-ALLOW",
  SECTION,
  ERRNO_UNSUPPORTED,
  async (c) => {
    await c.refused({
      linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 1, syscalls: [rule("SCMP_ACT_ERRNO")] } },
    });
  },
  { since: "1.1" },
);

const WRONG: Readonly<Record<string, Config>> = {
  "default-missing": { syscalls: [rule("SCMP_ACT_ERRNO")] },
  "action-unknown": { defaultAction: "SCMP_ACT_ALLOW", syscalls: [rule("SCMP_ACT_SHRUG")] },
  "architecture-unknown": {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: ["SCMP_ARCH_PDP11"],
    syscalls: [rule("SCMP_ACT_ERRNO")],
  },
  "flag-unknown": {
    defaultAction: "SCMP_ACT_ALLOW",
    flags: ["SECCOMP_FILTER_FLAG_NONE"],
    syscalls: [rule("SCMP_ACT_ERRNO")],
  },
  "operator-unknown": {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [rule("SCMP_ACT_ERRNO", { args: [{ index: 0, value: 1, op: "SCMP_CMP_LIKE" }] })],
  },
  "index-too-large": {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [rule("SCMP_ACT_ERRNO", { args: [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }] })],
  },
};
for (const [name, seccomp] of Object.entries(WRONG)) {
  invalid(`seccomp-${name}`, async (c) => {
    await c.refused({ linux: { seccomp } });
  });
}

must("seccomp-names-empty", SECTION, "names MUST contain at least one entry.", async (c) => {
  await c.refused(profile({ names: [], action: "SCMP_ACT_ERRNO" }));
});

must(
  "seccomp-metadata-alone",
  SECTION,
  "This field MUST NOT be set if listenerPath is not set.",
  async (c) => {
    await c.refused({
      ociVersion: "1.1.0",
      linux: {
        seccomp: { defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x", syscalls: [rule("SCMP_ACT_ERRNO")] },
      },
    });
  },
  { since: "1.1" },
);
