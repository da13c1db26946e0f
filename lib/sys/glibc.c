/* What Debian's static libraries, made for glibc, call that musl has not: functions that glibc puts in place of others. */
#include <stdarg.h>
#include <stdio.h>

int __fprintf_chk(FILE *file, int flag, const char *format, ...);

int __fprintf_chk(FILE *file, int flag, const char *format, ...) {
  va_list list;
  (void)flag;
  va_start(list, format);
  int length = vfprintf(file, format, list);
  va_end(list);
  return length;
}
