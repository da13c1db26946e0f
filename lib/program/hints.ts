/** What a refused system call most likely means, where its errno alone leads the reader astray. */
import { errnoName } from "../linux/errno.ts";
import type { SyscallName } from "../linux/syscalls.ts";

const TOO_MANY_MOUNTS = "/proc/sys/fs/mount-max is reached";
const TOO_MANY_NAMESPACES = "namespaces nest too deep, or a limit in /proc/sys/user is reached";
const NO_NAMESPACES =
  "namespaces take privileges or a user namespace, and those may be forbidden: see /proc/sys/user/max_user_namespaces, " +
  "/proc/sys/kernel/unprivileged_userns_clone and apparmor_restrict_unprivileged_userns";
const NO_SUCH_NAMESPACE = "the kernel may lack one of these kinds of namespace";
const NO_SUCH_FILESYSTEM = "the kernel has no such file system";
const LOCKED_MOUNT =
  "a user namespace cannot take away flags that a mount was given outside of it, nor map the ids of a file system that is not its own";
const UNMAPPED = "the id may have no mapping in the container's user namespace";
const TOO_MANY_PROCESSES =
  "a limit of processes is reached: RLIMIT_NPROC, the cgroup's pids.max or /proc/sys/kernel/pid_max";
const NOT_A_MOUNT = "it must be the root of a mount";

/** By call and errno. */
const HINTS: { readonly [cause: string]: string | undefined } = {
  "capset EPERM":
    "a capability is effective and not permitted, not in the bounding set, or not among those that runt has itself",
  "clone3 EACCES":
    "the container's cgroup may not be joined: its cgroup.procs, and that of the ancestor shared with runt's",
  "clone3 EAGAIN": TOO_MANY_PROCESSES,
  "clone3 EBUSY": "the container's cgroup hands controllers to its children, and so can hold no process itself",
  "clone3 EINVAL": NO_SUCH_NAMESPACE,
  "clone3 ENOSPC": TOO_MANY_NAMESPACES,
  "clone3 ENOSYS": "a seccomp filter around runt may hide it",
  "clone3 EOPNOTSUPP": "the container's cgroup is in a threaded tree or invalid: see its cgroup.type",
  "clone3 EPERM": NO_NAMESPACES,
  "clone3 EUSERS": "user namespaces nest too deep",
  "execve E2BIG": "arguments and environment together are larger than a quarter of RLIMIT_STACK",
  "execve EACCES": "it is not executable, lies on a mount with noexec, or in a directory that may not be searched",
  "execve EAGAIN": TOO_MANY_PROCESSES,
  "execve ENOENT":
    "there is no such file, or not the interpreter that it names: its dynamic loader, or what follows #!",
  "execve ENOEXEC": "it is no program for this machine, and no script that begins with #!",
  "fchownat EINVAL": UNMAPPED,
  "fsconfig EINVAL":
    "the file system does not know the option, or not this value, which may be an id without mapping: the kernel's log may say more",
  "fsconfig ENODEV": NO_SUCH_FILESYSTEM,
  "fsconfig EPERM": "the file system cannot be mounted in this user namespace",
  "fsmount ENOSPC": TOO_MANY_MOUNTS,
  "fsopen ENODEV": NO_SUCH_FILESYSTEM,
  "ioprio_set EPERM": "the class IOPRIO_CLASS_RT takes CAP_SYS_NICE of the host",
  "keyctl EDQUOT": "the user has as many keys as /proc/sys/kernel/keys/maxkeys allows: --no-new-keyring needs none",
  "memfd_create EACCES": "/proc/sys/vm/memfd_noexec forbids executable memory",
  "mknodat EPERM": "a user namespace cannot make device nodes",
  "mount EACCES": "the source is read-only, or lies on a mount with nodev",
  "mount EBUSY": "the file system is in use in another way, such as read-write",
  "mount EINVAL":
    "the file system may not know an option, or an id in one have no mapping in the user namespace: the kernel's log may say more",
  "mount ENODEV": NO_SUCH_FILESYSTEM,
  "mount ENOSPC": TOO_MANY_MOUNTS,
  "mount EPERM": "in a user namespace: the file system must allow it, and proc and sysfs must be fully visible already",
  "mount_setattr EINVAL": "the file system may not support mapped ids",
  "mount_setattr EPERM": LOCKED_MOUNT,
  "move_mount EINVAL":
    "a file may go on a directory, or the other way round; or one of the two mounts is shared, or of another mount namespace",
  "move_mount ELOOP": "the mount would lie below itself",
  "move_mount ENOSPC": TOO_MANY_MOUNTS,
  "open_tree EINVAL": "the source may be an unbindable mount, or hide mounts that a user namespace may not reveal",
  "open_tree ENOSPC": TOO_MANY_MOUNTS,
  "openat2 EAGAIN": "something on the way was renamed or mounted meanwhile",
  "openat2 ELOOP": "a magic link, such as those of /proc/PID/fd, is on the way, or too many symbolic links are",
  "openat2 EXDEV": "the path leads out of the container's root",
  "pivot_root EBUSY": "the new root is the present one",
  "pivot_root EINVAL": `the present root may be the initial RAM disk, which cannot be left this way: use --no-pivot; else ${NOT_A_MOUNT}`,
  "prlimit64 EPERM": "only CAP_SYS_RESOURCE may raise a hard limit",
  "sched_setaffinity EINVAL": "the machine, or the cgroup's cpuset, has none of these CPUs",
  "sched_setattr EBUSY": "there is no bandwidth left for SCHED_DEADLINE",
  "sched_setattr EINVAL": "the kernel lacks the policy, or one of its attributes is out of range",
  "sched_setattr EOPNOTSUPP": "the kernel has no utilization clamping",
  "sched_setattr EPERM":
    "it takes CAP_SYS_NICE of the host, in cgroup v1 a share of cpu.rt_runtime_us, and for SCHED_DEADLINE all CPUs",
  "seccomp EACCES": "without no_new_privs a filter takes CAP_SYS_ADMIN",
  "seccomp EBUSY": "a filter that notifies a listener is loaded already",
  "seccomp EINVAL": "the kernel may not know one of the flags, or the filter is too long",
  "set_mempolicy EINVAL": "a node may not exist, not be in the cgroup's cpuset, or the kernel not know the mode",
  "setgroups EINVAL": UNMAPPED,
  "setgroups EPERM": "the user namespace forbids it: its gid map was written without privileges",
  "setns EINVAL": "it is a namespace of another kind, or a user namespace that runt is in already",
  "setns EPERM": "joining takes CAP_SYS_ADMIN, in the namespace's user namespace too",
  "setresgid EINVAL": UNMAPPED,
  "setresuid EAGAIN": "the user has as many processes as RLIMIT_NPROC allows",
  "setresuid EINVAL": UNMAPPED,
  "umount2 EINVAL": `${NOT_A_MOUNT}, and not locked by a user namespace`,
  "unshare EINVAL": NO_SUCH_NAMESPACE,
  "unshare ENOSPC": TOO_MANY_NAMESPACES,
  "unshare EPERM": NO_NAMESPACES,
  "unshare EUSERS": "user namespaces nest too deep",
  "write ERANGE": "the value is larger or smaller than the kernel allows; a clock may not be set back before 0",
};

/** A likely cause of the failure; undefined where the errno says it. */
export function hint(call: SyscallName, errno: number): string | undefined {
  const cause = `${call} ${errnoName(errno)}`;
  return Object.hasOwn(HINTS, cause) ? HINTS[cause] : undefined;
}
