/* What the files of the probe have of each other. */
#include <sys/un.h>

_Noreturn void die(const char *what);

/* Of a path, or of an abstract name behind an "@". */
struct sockaddr_un address_of(const char *path, socklen_t *length);

int recvtty(const char *path);
int pty(int rows, int columns, char **argv);
int agent(const char *path, int error, long value);
int recvpidfd(const char *path, int signal);
_Noreturn void manager(const char *path);
int reaper(char **argv);
_Noreturn void hollow(void);
_Noreturn void stuck(void);
_Noreturn void churn(const char *directory);
int immutable(char **paths);
