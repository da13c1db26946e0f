import { test } from "tap";
import { joinSessionKeyring } from "../../lib/init/keyring.ts";
import { labelKeys, labelProgram, labelQueues, labelTerminal } from "../../lib/init/labels.ts";
import { slot } from "../../lib/program/step.ts";
import { listing } from "./listing.ts";
import { PROCESS, SPEC } from "./sequence.ts";

/** O_WRONLY|O_CLOEXEC; RESOLVE_BENEATH|RESOLVE_NO_XDEV|RESOLVE_NO_MAGICLINKS. */
const HOW = "[0x80001 0x0 0xb] 0x18";
const WRONG = "  fail ENODEV: open the container's procfs: /proc is something else";
const PRIVATE = [
  "attempt",
  "  fsopen proc 0x1 -> <procfs context>",
  "  fsconfig <procfs context> 0x6 0x0 0x0 0x0",
  "  fsmount <procfs context> 0x1 0xe -> <private procfs>",
  "  close <procfs context>",
  "on EPERM",
  "  openat -100 /proc 0x2b0000 0x0 -> <private procfs>",
  "  fstatfs <private procfs> statfs",
  "  unless statfs+0 == 0x9fa0",
  `  ${WRONG}`,
  "  statx <private procfs>  0x1000 0x7ff statx",
  "  unless statx+32 == 0x1",
  `  ${WRONG}`,
];
const CLOSE = "close <private procfs>";
const none = { apparmorProfile: undefined, selinuxLabel: undefined };

test("CVE-2019-16884, CVE-2025-52881: an AppArmor profile is written through a procfs that is nowhere in the tree", async (t) => {
  t.same(listing(labelProgram({ ...none, apparmorProfile: "runt-default" })), [
    ...PRIVATE,
    "attempt",
    `  openat2 <private procfs> self/attr/apparmor/exec ${HOW} -> <attr>`,
    "on ENOENT",
    `  openat2 <private procfs> self/attr/exec ${HOW} -> <attr>`,
    "write <attr> exec runt-default 0x11",
    "close <attr>",
    CLOSE,
  ]);
});

test("a SELinux label is written the same way", async (t) => {
  t.same(listing(labelProgram({ ...none, selinuxLabel: "system_u:system_r:container_t:s0:c1,c2" })), [
    ...PRIVATE,
    `openat2 <private procfs> self/attr/exec ${HOW} -> <attr>`,
    "write <attr> system_u:system_r:container_t:s0:c1,c2 0x26",
    "close <attr>",
    CLOSE,
  ]);
});

test("the length of a label is that of its bytes", async (t) => {
  t.ok(listing(labelProgram({ ...none, selinuxLabel: "é" })).includes("write <attr> é 0x2"));
});

test("no label, no step", async (t) => t.same(labelProgram(none), []));

test("the session keyring is made while keys get the container's label", async (t) => {
  const keyring = (selinuxLabel: string | undefined) =>
    listing([...joinSessionKeyring({ ...SPEC, newKeyring: true, process: { ...PROCESS, selinuxLabel } })]);
  const attribute = `openat2 <private procfs> self/attr/keycreate ${HOW} -> <attr>`;
  t.same(keyring("x:y"), [
    ...PRIVATE,
    attribute,
    "write <attr> x:y 0x3",
    "close <attr>",
    ...keyring(undefined),
    attribute,
    "write <attr>  0x0",
    "close <attr>",
    CLOSE,
  ]);
  t.match(keyring(undefined)[0], "_ses.c1");
});

test("without a label keys are made as they are", async (t) => t.same(labelKeys(undefined, []), []));

test("the terminal and message queues get the label of mounts as an attribute", async (t) => {
  const mountLabel = { option: "context", label: "a:b" };
  const mqueue = {
    kind: "filesystem",
    destination: "/dev/mqueue",
    type: "mqueue",
    source: "mqueue",
    flags: 0,
    data: "",
    propagation: [],
  } as const;
  t.same(listing(labelTerminal({ ...SPEC, mountLabel }, slot("slave"))), [
    "fsetxattr <slave> security.selinux a:b 0x3 0x0",
  ]);
  t.same(listing(labelQueues({ ...SPEC, mountLabel, mounts: [mqueue] })), [
    "openat2 <root> /dev/mqueue [0x90000 0x0 0x12] 0x18 -> <message queues>",
    "fsetxattr <message queues> security.selinux a:b 0x3 0x0",
    "close <message queues>",
  ]);
  t.same([...labelTerminal(SPEC, slot("slave")), ...labelQueues({ ...SPEC, mounts: [mqueue] })], []);
});
