/* The parts of the probe that stand on the host beside the runtime, as an engine, an agent or a service manager do. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "probe.h"

static int listen_on(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 1)) die(path);
  return fd;
}

/* One message with one descriptor; its text goes to `text`. */
static int receive_fd(int connection, char *text, size_t size) {
  struct iovec data = {text, size - 1};
  char control[CMSG_SPACE(sizeof(int))];
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (length < 0 || !header || header->cmsg_type != SCM_RIGHTS) die("no descriptor came");
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  while (length < (ssize_t)size - 1) {
    ssize_t more = read(connection, text + length, size - 1 - length);
    if (more <= 0) break;
    length += more;
  }
  text[length] = 0;
  return fd;
}

/* Copies between a terminal's master side and stdin and stdout until the terminal's other side is gone. */
static void relay(int master) {
  struct pollfd ends[2] = {{.fd = master, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  char buffer[4096];
  for (;;) {
    if (poll(ends, 2, -1) < 0 && errno != EINTR) die("poll");
    if (ends[0].revents) {
      ssize_t length = read(master, buffer, sizeof buffer);
      if (length <= 0) return;
      if (write(1, buffer, length) != length) die("write");
    }
    if (ends[1].revents) {
      ssize_t length = read(0, buffer, sizeof buffer);
      if (length <= 0) ends[1].fd = -1;
      else if (write(master, buffer, length) != length) die("write");
    }
  }
}

/* recvtty SOCKET: the receiver of --console-socket, as conmon or the shim are. Says "ready" on stderr. */
int recvtty(const char *path) {
  int listener = listen_on(path);
  fputs("ready\n", stderr);
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) die("accept");
  char name[256];
  int master = receive_fd(connection, name, sizeof name);
  close(connection), close(listener), unlink(path);
  relay(master);
  return 0;
}

static int resizable = -1;
static void on_resize(int signal) {
  (void)signal;
  struct winsize size = {.ws_row = 33, .ws_col = 133};
  ioctl(resizable, TIOCSWINSZ, &size);
}

/* pty ROWS COLS PROGRAM...: the program on a terminal of that size. SIGUSR1 makes it 33 by 133. */
int pty(int rows, int columns, char **argv) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  pid_t child = forkpty(&resizable, NULL, NULL, &size);
  if (child < 0) die("forkpty");
  if (child == 0) {
    execvp(*argv, argv);
    die(*argv);
  }
  fcntl(resizable, F_SETFD, FD_CLOEXEC);
  signal(SIGUSR1, on_resize);
  relay(resizable);
  int status;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * agent SOCKET ERRNO [VALUE]: a seccomp agent: prints the state it was sent, then answers each call, which it prints too, with
 * -ERRNO; with VALUE if ERRNO is 0; as if there were no filter if ERRNO is negative.
 */
int agent(const char *path, int error, long value) {
  int listener = listen_on(path);
  fputs("ready\n", stderr);
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) die("accept");
  static char state[65536];
  int notifications = receive_fd(connection, state, sizeof state);
  puts(state), fflush(stdout);
  close(connection), close(listener), unlink(path);
  for (;;) {
    struct pollfd end = {.fd = notifications, .events = POLLIN};
    if (poll(&end, 1, -1) < 0 || !(end.revents & POLLIN)) return 0;
    struct seccomp_notif request = {0};
    if (ioctl(notifications, SECCOMP_IOCTL_NOTIF_RECV, &request)) continue;
    printf("call %d of %u\n", request.data.nr, request.pid), fflush(stdout);
    struct seccomp_notif_resp answer = {.id = request.id, .error = error > 0 ? -error : 0, .val = error > 0 ? 0 : value};
    if (error < 0) answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(notifications, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

/* recvpidfd SOCKET SIGNAL: takes a pidfd, says of which process it is, and sends it the signal. Says "ready" on stderr. */
int recvpidfd(const char *path, int signal) {
  int listener = listen_on(path);
  fputs("ready\n", stderr);
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) die("accept");
  char name[256], info[64], line[256];
  int pidfd = receive_fd(connection, name, sizeof name);
  unlink(path);
  snprintf(info, sizeof info, "/proc/self/fdinfo/%d", pidfd);
  FILE *file = fopen(info, "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "Pid:", 4)) fputs(line, stdout);
  fflush(stdout);
  if (syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)) die("pidfd_send_signal");
  return 0;
}

struct sockaddr_un address_of(const char *path, socklen_t *length) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (*path == '@') *address.sun_path = 0;
  *length = offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path != '@');
  return address;
}

/* manager SOCKET: what a service manager gets, a message a line: its lines joined by spaces. Says "ready" on stderr. */
_Noreturn void manager(const char *path) {
  socklen_t length;
  struct sockaddr_un address = address_of(path, &length);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length)) die(path);
  fputs("ready\n", stderr);
  for (;;) {
    char text[8192];
    ssize_t size = recv(fd, text, sizeof text - 1, 0);
    if (size < 0) die("recv");
    text[size] = 0;
    for (ssize_t at = 0; at < size; at++)
      if (text[at] == '\n' || !text[at]) text[at] = text[at] ? ' ' : '.';
    puts(text), fflush(stdout);
  }
}

/* reaper PROGRAM...: runs it as a child subreaper would and prints every process that ends: "pid status". */
int reaper(char **argv) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t child = fork();
  if (child == 0) {
    execvp(*argv, argv);
    die(*argv);
  }
  int status;
  for (pid_t pid; (pid = wait(&status)) > 0;) {
    printf("%s %d %d\n", pid == child ? "runtime" : "container", pid,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    fflush(stdout);
  }
  return 0;
}
