import { test } from "tap";
import {
  type FlagsFamily,
  flagsText,
  isFlagsFamily,
  isNamesFamily,
  type NamesFamily,
  nameText,
} from "../../lib/linux/flags.ts";
import { CLONE, CLONE3 } from "../../lib/linux/sched.ts";

test("flagsText() names what is set, in the header's order, and leaves the rest in hex", (t) => {
  const cases: [FlagsFamily, number | bigint, string][] = [
    ["mount", 0, "0"],
    ["mount", 0x6, "MS_NOSUID|MS_NODEV"],
    ["mount", 0x40000001, "MS_RDONLY|0x40000000"],
    ["open", 0, "O_RDONLY"],
    ["open", 0x80000, "O_RDONLY|O_CLOEXEC"],
    ["open", 0x280000, "O_CLOEXEC|O_PATH"],
    ["open", 0x410002, "O_RDWR|O_TMPFILE"],
    ["open", 0x101001, "O_WRONLY|O_SYNC"],
    ["openTree", 0x81001, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH"],
    ["unlink", 0x200, "AT_REMOVEDIR"],
    ["umount", 2, "MNT_DETACH"],
    ["clone", CLONE.NEWPID + CLONE3.INTO_CGROUP, "CLONE_NEWPID|CLONE_INTO_CGROUP"],
    ["mountAttr", 0x70, "MOUNT_ATTR__ATIME"],
    ["mountAttr", 0x30, "MOUNT_ATTR_NOATIME|MOUNT_ATTR_STRICTATIME"],
    ["statx", 0x17ff, "STATX_BASIC_STATS|STATX_MNT_ID"],
    ["wait", 4n, "WEXITED"],
    ["prot", -1, "PROT_READ|PROT_WRITE|PROT_EXEC|0xfffffffffffffff8"],
  ];
  for (const [family, value, text] of cases) t.equal(flagsText(family, value), text, `${family} ${value}`);
  t.end();
});

test("nameText() names one member", (t) => {
  const cases: [NamesFamily, number, string | undefined][] = [
    ["fsconfig", 6, "FSCONFIG_CMD_CREATE"],
    ["ioctl", 0x540e, "TIOCSCTTY"],
    ["ioctl", 0xb703, "NS_GET_NSTYPE"],
    ["capability", 21, "CAP_SYS_ADMIN"],
    ["keyring", -3, "KEY_SPEC_SESSION_KEYRING"],
    ["rlimit", 7, "RLIMIT_NOFILE"],
    ["prctl", 9999, undefined],
  ];
  for (const [family, value, text] of cases) t.equal(nameText(family, value), text, `${family} ${value}`);
  t.end();
});

test("families are told apart, and from other kinds", (t) => {
  t.ok(isFlagsFamily("mount"));
  t.notOk(isFlagsFamily("prctl"));
  t.ok(isNamesFamily("prctl"));
  for (const kind of ["text", "toString", ""]) t.notOk(isFlagsFamily(kind) || isNamesFamily(kind), kind);
  t.end();
});
