/*
 * What Debian's static libraries, made for glibc, call that musl has not: functions that glibc puts in place of others, to check
 * sizes known to the compiler.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#define UNUSED __attribute__((unused))

int __vfprintf_chk(FILE *file, int flag, const char *format, va_list list);
int __fprintf_chk(FILE *file, int flag, const char *format, ...);
int __vsnprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, va_list list);
int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...);
int __vsprintf_chk(char *text, int flag, size_t size, const char *format, va_list list);
void __vsyslog_chk(int priority, int flag, const char *format, va_list list);
long __isoc23_strtol(const char *text, char **end, int base);
unsigned long __isoc23_strtoul(const char *text, char **end, int base);

int __vfprintf_chk(FILE *file, UNUSED int flag, const char *format, va_list list) { return vfprintf(file, format, list); }

int __fprintf_chk(FILE *file, int flag, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int length = __vfprintf_chk(file, flag, format, list);
  va_end(list);
  return length;
}

int __vsnprintf_chk(char *text, size_t limit, UNUSED int flag, size_t size, const char *format, va_list list) {
  return limit > size ? (abort(), -1) : vsnprintf(text, limit, format, list);
}

int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int length = __vsnprintf_chk(text, limit, flag, size, format, list);
  va_end(list);
  return length;
}

/* Of a size that the compiler does not know, all bits are set; vsnprintf takes none above INT_MAX. */
int __vsprintf_chk(char *text, UNUSED int flag, size_t size, const char *format, va_list list) {
  if (size > INT_MAX) return vsprintf(text, format, list);
  int length = vsnprintf(text, size, format, list);
  return length >= 0 && (size_t)length >= size ? (abort(), -1) : length;
}

void __vsyslog_chk(int priority, UNUSED int flag, const char *format, va_list list) { vsyslog(priority, format, list); }

/* C23's know 0b10 too, of which no one speaks here. */
long __isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
unsigned long __isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
