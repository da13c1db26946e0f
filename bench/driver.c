/*
 * driver PLAN RESULTS [DIRECTORY]: runs the commands of a plan and writes down what each cost. Only a small process can
 * do that: a peak of memory counts what the child had before execve, which is the driver's own.
 *
 * A line of the plan is an operation; its words are parted by tabs, for arguments may hold blanks:
 *   spawn PROGRAM ARGUMENT...  start a command; if it fails, so does the plan
 *   try PROGRAM ARGUMENT...    start a command that may fail
 *   join SAMPLE                wait for all commands started: "SAMPLE wall-ns processor-us peak-KiB", the processor time
 *                              summed, the peak that of the largest process
 *   drain SAMPLE               the same, and for all processes that the commands leave behind: they count too
 *   reap FILE                  wait for the end of the process whose id FILE holds
 *   read SAMPLE FILE           the number in FILE: "SAMPLE 0 0 0 number"
 *   pause MS                   sleep
 * A SAMPLE of "-" is not written down. On SIGTERM the plan ends after the operation under way. Containers whose runtime
 * has gone become children of the driver.
 *
 * With DIRECTORY, an empty tmpfs hides it from the commands; the host's mounts stay as they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 64
#define MAX_COMMANDS 64
/* An operation that lasts longer hangs. */
#define PATIENCE_SECONDS 60

extern char **environ;

static FILE *results;
static volatile sig_atomic_t stopped;

static struct command {
  pid_t pid;
  int may_fail;
  char name[64];
} commands[MAX_COMMANDS];
static int running;
static struct timespec begun;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static void fail(const char *what) {
  fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
  exit(1);
}

static long long nanoseconds(struct timespec from, struct timespec to) {
  return (to.tv_sec - from.tv_sec) * 1000000000LL + (to.tv_nsec - from.tv_nsec);
}

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

static void write_down(const char *sample, long long wall, long long processor, long peak, long long number) {
  if (strcmp(sample, "-") != 0) fprintf(results, "%s %lld %lld %ld %lld\n", sample, wall, processor, peak, number);
}

static void spawn(char **words, int count, int may_fail) {
  if (count < 2 || running == MAX_COMMANDS) {
    errno = EINVAL;
    fail("spawn");
  }
  struct command *command = &commands[running];
  command->may_fail = may_fail;
  /* Enough for an error to tell which command it was. */
  snprintf(command->name, sizeof(command->name), "%s ... %s", words[1], words[count - 1]);
  if (running == 0) clock_gettime(CLOCK_MONOTONIC, &begun);
  errno = posix_spawn(&command->pid, words[1], NULL, NULL, words + 1, environ);
  if (errno != 0) fail(words[1]);
  running++;
}

static int find(pid_t pid) {
  for (int i = 0; i < running; i++)
    if (commands[i].pid == pid) return i;
  return -1;
}

/* Ends the plan, unless the process ended well or may fail. */
static void judge(int status, const char *name, int may_fail) {
  if (status == 0 || may_fail) return;
  int exited = WIFEXITED(status);
  fprintf(stderr, "driver: %s: %s %d\n", name, exited ? "exit status" : "signal",
          exited ? WEXITSTATUS(status) : WTERMSIG(status));
  exit(1);
}

static void join(const char *sample, int everyone) {
  struct timespec end = begun;
  long long processor = 0;
  long peak = 0;
  while (running > 0 || everyone) {
    int status;
    struct rusage usage;
    pid_t pid = wait4(-1, &status, 0, &usage);
    if (pid < 0 && errno == ECHILD && everyone) break;
    if (pid < 0) fail("wait4");
    int index = find(pid);
    if (index < 0 && !everyone) continue; /* a container */
    clock_gettime(CLOCK_MONOTONIC, &end);
    processor += microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
    if (index < 0) judge(status, "a process left behind", 0);
    else {
      judge(status, commands[index].name, commands[index].may_fail);
      commands[index] = commands[--running];
    }
  }
  write_down(sample, nanoseconds(begun, end), processor, peak, 0);
}

static long long number_in(const char *path) {
  FILE *file = fopen(path, "re");
  long long number;
  if (file == NULL || fscanf(file, "%lld", &number) != 1) fail(path);
  fclose(file);
  return number;
}

static void reap(const char *path) {
  while (waitpid((pid_t)number_in(path), NULL, 0) < 0) {
    if (errno == ECHILD) return; /* join has met it */
    if (errno != EINTR) fail(path);
  }
}

static void pause_for(long milliseconds) {
  struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
  nanosleep(&time, NULL);
}

static void operate(char **words, int count) {
  if (strcmp(words[0], "spawn") == 0) spawn(words, count, 0);
  else if (strcmp(words[0], "try") == 0) spawn(words, count, 1);
  else if (strcmp(words[0], "join") == 0 && count == 2) join(words[1], 0);
  else if (strcmp(words[0], "drain") == 0 && count == 2) join(words[1], 1);
  else if (strcmp(words[0], "reap") == 0 && count == 2) reap(words[1]);
  else if (strcmp(words[0], "read") == 0 && count == 3) write_down(words[1], 0, 0, 0, number_in(words[2]));
  else if (strcmp(words[0], "pause") == 0 && count == 2) pause_for(atol(words[1]));
  else {
    errno = EINVAL;
    fail(words[0]);
  }
}

static void hide(const char *directory) {
  if (unshare(CLONE_NEWNS) != 0) fail("unshare");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail("make mounts private");
  if (mount("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") != 0) fail(directory);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: driver PLAN RESULTS [DIRECTORY]\n");
    return 100;
  }
  FILE *plan = fopen(argv[1], "re");
  if (plan == NULL) fail(argv[1]);
  results = fopen(argv[2], "we");
  if (results == NULL) fail(argv[2]);
  if (argc > 3) hide(argv[3]);
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail("become a subreaper");
  struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };
  sigaction(SIGTERM, &action, NULL);

  char *line = NULL;
  size_t size = 0;
  while (!stopped && getline(&line, &size, plan) > 0) {
    char *words[MAX_WORDS + 1];
    int count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *word = strtok(line, "\t"); word != NULL && count < MAX_WORDS; word = strtok(NULL, "\t"))
      words[count++] = word;
    words[count] = NULL;
    alarm(PATIENCE_SECONDS);
    if (count > 0) operate(words, count);
  }
  join("-", 0);
  return stopped ? 1 : 0;
}
