/*
 * What a shell cannot ask the kernel, as one static program of many names. It stands in every root file system of the
 * tests as /bin/probe; some of its parts run on the host, beside the runtime, as an engine or an attacker would.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "probe.h"

_Noreturn void die(const char *what) {
  fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
  exit(111);
}

/* fds: every open descriptor, one a line: "3 cloexec /path". */
static int fds(void) {
  for (int fd = 0; fd < 1024; fd++) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) continue;
    char link[64], target[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = 0;
    printf("%d %s %s\n", fd, flags & FD_CLOEXEC ? "cloexec" : "kept", target);
  }
  return 0;
}

static sigjmp_buf trapped;
static siginfo_t trap;
static void on_trap(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  trap = *info;
  siglongjmp(trapped, 1);
}

static long call32(long nr, const long *a) {
  long result = -ENOSYS;
#ifdef __x86_64__
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3])
                   : "memory", "r8", "r9", "r10", "r11");
#else
  (void)nr, (void)a;
#endif
  return result;
}

/*
 * call NR ARGS... [- NR ARGS...]: each system call's result, one a line: the value, "-errno", or "trapped NR ERRNO".
 * An NR that begins with i is an i386 call of the same process.
 */
static int call(char **arguments) {
  char **volatile argv = arguments;
  struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSYS, &action, NULL);
  while (*argv) {
    int i386 = **argv == 'i';
    long nr = strtol(*argv++ + i386, NULL, 0), a[6] = {0};
    for (int i = 0; *argv && strcmp(*argv, "-"); argv++, i++)
      if (i < 6) a[i] = (long)strtoull(*argv, NULL, 0);
    if (*argv) argv++;
    if (sigsetjmp(trapped, 1)) {
      printf("trapped %d %d\n", trap.si_syscall, trap.si_errno);
      continue;
    }
    long result = i386 ? call32(nr, a) : syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    printf("%ld\n", result == -1 && !i386 ? (long)-errno : result);
    fflush(stdout);
  }
  return 0;
}

static volatile int returned;
static void *in_thread(void *nr) {
  syscall((long)nr);
  returned = 1;
  return NULL;
}

/* thread NR: makes the call in a second thread and tells whether that one came back from it. */
static int thread(long nr) {
  pthread_t other;
  if (pthread_create(&other, NULL, in_thread, (void *)nr)) die("pthread_create");
  struct stat tasks;
  for (int i = 0; i < 200; i++) {
    if (stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3) break;
    usleep(10000);
  }
  puts(returned ? "returned" : "killed");
  return 0;
}

/* window: rows and columns of the terminal that stdin is. */
static int window(void) {
  struct winsize size;
  if (ioctl(0, TIOCGWINSZ, &size)) die("TIOCGWINSZ");
  printf("%d %d\n", size.ws_row, size.ws_col);
  return 0;
}

/* session: who leads what. */
static int session(void) {
  printf("pid %d sid %d pgid %d dumpable %d parent-death-signal ", getpid(), getsid(0), getpgrp(), prctl(PR_GET_DUMPABLE));
  int signal = -1;
  prctl(PR_GET_PDEATHSIG, &signal);
  printf("%d\n", signal);
  return 0;
}

/* keyring: description of the session keyring: "keyring;0;0;3f1f0000;_ses.name". */
static int keyring(void) {
  char text[512] = "";
  if (syscall(SYS_keyctl, 6 /* KEYCTL_DESCRIBE */, -3 /* KEY_SPEC_SESSION_KEYRING */, text, sizeof text - 1) < 0) die("keyctl");
  puts(text);
  return 0;
}

/* executable PATH: seals of the file behind PATH, and what opening it for writing says. */
static int executable(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) die(path);
  int seals = fcntl(fd, F_GET_SEALS);
  int writable = open(path, O_WRONLY | O_CLOEXEC);
  printf("seals %s write %s\n", seals < 0 ? "none" : (seals & F_SEAL_WRITE ? "write" : "other"),
         writable < 0 ? strerrorname_np(errno) : "allowed");
  return 0;
}

/* swap A B: exchanges the two names until killed. */
static _Noreturn void swap(const char *a, const char *b) {
  for (;;)
    if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) && errno != ENOENT) die("renameat2");
}

/* notify TEXT...: each as a message to $NOTIFY_SOCKET, sd_notify(3); "\\n" stands for a new line. */
static int notify(char **texts) {
  const char *path = getenv("NOTIFY_SOCKET");
  if (!path) return 3;
  socklen_t length;
  struct sockaddr_un address = address_of(path, &length);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (; *texts; texts++) {
    for (char *end = *texts; (end = strstr(end, "\\n"));) *end = '\n', memmove(end + 1, end + 2, strlen(end + 2) + 1);
    if (sendto(fd, *texts, strlen(*texts), 0, (struct sockaddr *)&address, length) < 0) die("sendto");
  }
  return 0;
}

/* Prints where a link leads, once. */
static void spy_on(const char *format, const char *pid, const char *name) {
  static char known[512][256];
  static int count;
  char path[600], target[256] = "";
  snprintf(path, sizeof path, format, pid, name);
  if (readlink(path, target, sizeof target - 1) < 0) return;
  for (int i = 0; i < count; i++)
    if (!strcmp(known[i], target)) return;
  if (count < 512) strcpy(known[count++], target);
  printf("%s\n", target), fflush(stdout);
}

/* spy: looks at the links of all other processes until it is killed: program, directory, root, descriptors from 3 on. */
static _Noreturn void spy(void) {
  char own[16], folder[300];
  snprintf(own, sizeof own, "%d", getpid());
  puts("spying"), fflush(stdout);
  for (;;) {
    DIR *all = opendir("/proc");
    if (!all) die("/proc");
    for (struct dirent *each; (each = readdir(all));) {
      if (each->d_name[0] < '1' || each->d_name[0] > '9' || !strcmp(each->d_name, own)) continue;
      for (const char *const *name = (const char *const[]){"exe", "cwd", "root", NULL}; *name; name++)
        spy_on("/proc/%s/%s", each->d_name, *name);
      snprintf(folder, sizeof folder, "/proc/%s/fd", each->d_name);
      DIR *fds = opendir(folder);
      for (struct dirent *fd; fds && (fd = readdir(fds));)
        if (atoi(fd->d_name) > 2) spy_on("/proc/%s/fd/%s", each->d_name, fd->d_name);
      if (fds) closedir(fds);
    }
    closedir(all);
  }
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "fds")) return fds();
  if (!strcmp(name, "call")) return call(argv + 2);
  if (!strcmp(name, "window")) return window();
  if (!strcmp(name, "session")) return session();
  if (!strcmp(name, "keyring")) return keyring();
  if (!strcmp(name, "thread") && argc > 2) return thread(atol(argv[2]));
  if (!strcmp(name, "executable") && argc > 2) return executable(argv[2]);
  if (!strcmp(name, "recvtty") && argc > 2) return recvtty(argv[2]);
  if (!strcmp(name, "pty") && argc > 4) return pty(atoi(argv[2]), atoi(argv[3]), argv + 4);
  if (!strcmp(name, "swap") && argc > 3) swap(argv[2], argv[3]);
  if (!strcmp(name, "agent") && argc > 3) return agent(argv[2], atoi(argv[3]), argc > 4 ? atol(argv[4]) : 0);
  if (!strcmp(name, "recvpidfd") && argc > 3) return recvpidfd(argv[2], atoi(argv[3]));
  if (!strcmp(name, "manager") && argc > 2) manager(argv[2]);
  if (!strcmp(name, "notify")) return notify(argv + 2);
  if (!strcmp(name, "spy")) spy();
  if (!strcmp(name, "reaper") && argc > 2) return reaper(argv + 2);
  if (!strcmp(name, "hollow")) hollow();
  if (!strcmp(name, "stuck")) stuck();
  if (!strcmp(name, "churn") && argc > 2) churn(argv[2]);
  if (!strcmp(name, "immutable")) return immutable(argv + 2);
  fputs("usage: probe fds|call|window|session|keyring|thread|executable|recvtty|pty|swap|agent|recvpidfd|manager|notify|spy|reaper|hollow|stuck|churn|immutable ...\n", stderr);
  return 100;
}
