/*
 * What libdbus asks of the system around it. runt only ever connects to a Unix socket whose path it knows: without host names,
 * accounts and socket activation the executable is a sixth of a megabyte smaller.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include "ffi.h"

#define UNUSED __attribute__((unused))

/*
 * libdbus tells the bus who it is by geteuid(2). In a user namespace the bus, which is outside, knows the caller by another
 * number, and turns away who says a wrong one.
 */
static int64_t bus_user = -1;
static struct timeval bus_patience;

void bus_set(int64_t user, int64_t milliseconds) {
  bus_user = user;
  bus_patience = (struct timeval){ .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };
}

uid_t geteuid(void) { return bus_user < 0 ? (uid_t)syscall(SYS_geteuid) : (uid_t)bus_user; }

/* A bus that accepts no connection, with many waiting for it, makes connect(2) wait: as long as sending may. */
int connect(int fd, const struct sockaddr *address, socklen_t length) {
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bus_patience, sizeof bus_patience);
  int result = (int)syscall(SYS_connect, fd, address, length);
  if (result < 0 && errno == EAGAIN) errno = ETIMEDOUT;
  return result;
}

int sd_listen_fds(UNUSED int unset) { return 0; }
int sd_is_socket(UNUSED int fd, UNUSED int family, UNUSED int type, UNUSED int listening) { return 0; }

int getaddrinfo(UNUSED const char *name, UNUSED const char *service, UNUSED const struct addrinfo *hints,
                UNUSED struct addrinfo **found) { return EAI_FAIL; }
void freeaddrinfo(UNUSED struct addrinfo *found) {}
const char *gai_strerror(UNUSED int error) { return "runt knows no host names"; }
int getnameinfo(UNUSED const struct sockaddr *address, UNUSED socklen_t length, UNUSED char *host, UNUSED socklen_t size,
                UNUSED char *service, UNUSED socklen_t rest, UNUSED int flags) { return EAI_FAIL; }

int getpwnam_r(UNUSED const char *name, UNUSED struct passwd *entry, UNUSED char *buffer, UNUSED size_t size,
               struct passwd **found) { return *found = NULL, 0; }
int getpwuid_r(UNUSED uid_t user, UNUSED struct passwd *entry, UNUSED char *buffer, UNUSED size_t size,
               struct passwd **found) { return *found = NULL, 0; }
int getgrouplist(UNUSED const char *user, UNUSED gid_t group, UNUSED gid_t *groups, UNUSED int *count) { return -1; }
