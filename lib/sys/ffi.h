/* What the C files of the engine's side share. A function that answers NULL or JS_EXCEPTION has thrown. */
#pragma once
#include <poll.h>
#include "quickjs.h"

/* ffi.c: declares "runt:ffi" to the engine. Until ffi_start() it calls nothing. */
JSModuleDef *ffi_declare(JSContext *ctx);
/* Gives the module this process's arguments, and lets it call. */
void ffi_start(JSContext *ctx, JSModuleDef *module, char *const *argv);

/* text.c: UTF-8 and a NUL, for JS_FreeCString(). Only a string will do, and one without a NUL. */
const char *to_text(JSContext *ctx, JSValueConst value);
/* An array of strings as execve takes it, for free_texts(). */
char **to_texts(JSContext *ctx, JSValueConst array);
void free_texts(JSContext *ctx, char **texts);
/* A string of UTF-8; each byte that is none becomes U+FFFD. */
JSValue to_string(JSContext *ctx, const uint8_t *bytes, size_t length);
/* An array of strings from what main got. */
JSValue to_strings(JSContext *ctx, char *const *texts);

/*
 * dbus.c: as whom libdbus introduces the process to a bus, by the number that the bus knows; -1: as geteuid(2) says. And how long
 * a bus may take to accept a connection.
 */
void bus_set(int64_t user, int64_t milliseconds);

/* image.c: ppoll(2) without limit, in as little memory as can be. */
int64_t image_wait(struct pollfd *fds, nfds_t count);
