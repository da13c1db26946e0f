/* What a container does that wants to mislead its runtime. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "probe.h"

static void *stay(void *unused) {
  for (;;) pause();
  return unused;
}

/* hollow: the first thread ends, and another stays: a zombie that lives. */
_Noreturn void hollow(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, stay, NULL)) die("pthread_create");
  for (;;) syscall(SYS_exit, 0);
}

/* stuck: waits in the kernel for memory that never comes, where no freezer reaches it; a SIGKILL does. */
_Noreturn void stuck(void) {
  int faults = syscall(SYS_userfaultfd, 0);
  if (faults < 0) die("userfaultfd");
  struct uffdio_api api = {.api = UFFD_API};
  if (ioctl(faults, UFFDIO_API, &api)) die("UFFDIO_API");
  char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register area = {.range = {(unsigned long)page, 4096}, .mode = UFFDIO_REGISTER_MODE_MISSING};
  if (ioctl(faults, UFFDIO_REGISTER, &area)) die("UFFDIO_REGISTER");
  getcwd(page, 4096);
  die("getcwd");
}

/* churn DIRECTORY: makes and removes directories in it until killed. */
_Noreturn void churn(const char *directory) {
  if (chdir(directory)) die(directory);
  for (;;)
    if (mkdir("a", 0755) || mkdir("a/b", 0755) || rmdir("a/b") || rmdir("a")) die("mkdir or rmdir");
}

/* immutable PATH...: nobody may change or remove them any more. */
int immutable(char **paths) {
  int flags = FS_IMMUTABLE_FL;
  for (; *paths; paths++)
    if (ioctl(open(*paths, O_RDONLY | O_CLOEXEC), FS_IOC_SETFLAGS, &flags)) die(*paths);
  return 0;
}
