/*
 * The engine's door to Linux: the module "runt:ffi" that engine.d.ts describes.
 * All that a system call means is TypeScript's affair; here are only registers, addresses and errno.
 */
#define _GNU_SOURCE
#include <dbus/dbus.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ffi.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_WORDS 8
#define FUNCTION(name) \
  static JSValue name(JSContext *ctx, __attribute__((unused)) JSValueConst this, int argc, JSValueConst *argv)

/* What TypeScript may call by name. Arity is checked, since a missing pointer would be read from a stale register. */
enum result { INT, UINT, WORD };
typedef int64_t function(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);
#define SYMBOL(name, arity, result) { #name, (void (*)(void))name, arity, result }
static const struct symbol {
  const char *name;
  void (*address)(void);
  int arity;
  enum result result;
} symbols[] = {
  SYMBOL(dbus_connection_close, 1, INT), SYMBOL(dbus_connection_open_private, 2, WORD),
  SYMBOL(dbus_connection_get_is_authenticated, 1, INT),
  SYMBOL(dbus_connection_pop_message, 1, WORD), SYMBOL(dbus_connection_read_write, 2, INT),
  SYMBOL(dbus_connection_send, 3, INT), SYMBOL(dbus_connection_send_with_reply_and_block, 4, WORD),
  SYMBOL(dbus_connection_set_exit_on_disconnect, 2, INT), SYMBOL(dbus_connection_unref, 1, INT),
  SYMBOL(dbus_error_free, 1, INT), SYMBOL(dbus_error_init, 1, INT),
  SYMBOL(dbus_message_is_signal, 3, INT), SYMBOL(dbus_message_new_method_call, 4, WORD),
  SYMBOL(dbus_message_unref, 1, INT),
  SYMBOL(dbus_message_iter_append_basic, 3, INT), SYMBOL(dbus_message_iter_close_container, 2, INT),
  SYMBOL(dbus_message_iter_get_arg_type, 1, INT), SYMBOL(dbus_message_iter_get_basic, 2, INT),
  SYMBOL(dbus_message_iter_init, 2, INT), SYMBOL(dbus_message_iter_init_append, 2, INT),
  SYMBOL(dbus_message_iter_next, 1, INT), SYMBOL(dbus_message_iter_open_container, 4, INT),
  SYMBOL(dbus_message_iter_recurse, 2, INT),
  SYMBOL(bus_set, 2, WORD), SYMBOL(free, 1, INT), SYMBOL(memcpy, 3, WORD), SYMBOL(strlen, 1, WORD),
  SYMBOL(image_wait, 2, INT),
  SYMBOL(seccomp_api_get, 0, UINT), SYMBOL(seccomp_version, 0, WORD),
  SYMBOL(seccomp_arch_add, 2, INT), SYMBOL(seccomp_arch_exist, 2, INT), SYMBOL(seccomp_arch_remove, 2, INT),
  SYMBOL(seccomp_arch_native, 0, UINT), SYMBOL(seccomp_arch_resolve_name, 1, UINT),
  SYMBOL(seccomp_attr_get, 3, INT), SYMBOL(seccomp_attr_set, 3, INT),
  SYMBOL(seccomp_init, 1, WORD), SYMBOL(seccomp_release, 1, INT), SYMBOL(seccomp_export_bpf, 2, INT),
#if SCMP_VER_MAJOR > 2 || SCMP_VER_MINOR >= 6
  SYMBOL(seccomp_precompute, 1, INT),
#endif
  SYMBOL(seccomp_rule_add_array, 5, INT), SYMBOL(seccomp_rule_add_exact_array, 5, INT),
  SYMBOL(seccomp_syscall_resolve_name, 1, INT), SYMBOL(seccomp_syscall_resolve_name_arch, 2, INT),
  SYMBOL(seccomp_syscall_resolve_num_arch, 2, WORD),
};

/* Modules load when runt is built: what they asked the kernel then would be answered by the wrong machine. */
static bool started;

static bool may_call(JSContext *ctx) {
  if (!started) JS_ThrowTypeError(ctx, "a module calls the system as it loads, which happens when runt is built");
  return started;
}

/* The bytes of a typed array or an ArrayBuffer, or NULL and a TypeError. */
static uint8_t *to_bytes(JSContext *ctx, JSValueConst value, size_t *length) {
  size_t offset, size;
  JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, length, NULL);
  if (!JS_IsException(buffer)) {
    uint8_t *bytes = JS_GetArrayBuffer(ctx, &size, buffer);
    JS_FreeValue(ctx, buffer); /* the view holds it */
    return bytes ? bytes + offset : NULL;
  }
  JS_FreeValue(ctx, JS_GetException(ctx));
  uint8_t *bytes = JS_GetArrayBuffer(ctx, length, value);
  if (!bytes) {
    JS_FreeValue(ctx, JS_GetException(ctx));
    JS_ThrowTypeError(ctx, "neither a typed array nor an ArrayBuffer, or a detached one");
  }
  return bytes;
}

static int to_integer(JSContext *ctx, JSValueConst value, int64_t *integer) {
  double number;
  if (JS_IsBigInt(ctx, value)) return JS_ToBigInt64(ctx, integer, value);
  bool valid = JS_IsNumber(value) && JS_ToFloat64(ctx, &number, value) == 0;
  if (!valid || trunc(number) != number || number < -0x1p63 || number >= 0x1p64) {
    JS_ThrowTypeError(ctx, "not a 64-bit integer");
    return -1;
  }
  *integer = number < 0 ? (int64_t)number : (int64_t)(uint64_t)number;
  return 0;
}

/* One register's worth. `text` receives what the caller frees after the call. */
static int to_word(JSContext *ctx, JSValueConst value, int64_t *word, const char **text) {
  if (JS_IsNumber(value) || JS_IsBigInt(ctx, value)) return to_integer(ctx, value, word);
  if (JS_IsNull(value) || JS_IsUndefined(value)) return 0;
  const void *pointer;
  if (JS_IsString(value)) {
    pointer = *text = to_text(ctx, value);
  } else {
    size_t length;
    pointer = to_bytes(ctx, value, &length);
  }
  *word = (int64_t)(intptr_t)pointer;
  return pointer ? 0 : -1;
}

/* Calls `symbol`, or the system call when it is NULL, with the arguments as words. */
static JSValue invoke(JSContext *ctx, const struct symbol *symbol, int argc, JSValueConst *argv) {
  int64_t w[MAX_WORDS] = {0};
  const char *texts[MAX_WORDS] = {0};
  JSValue result = JS_EXCEPTION;
  if (!may_call(ctx)) return JS_EXCEPTION;
  if (argc > MAX_WORDS) return JS_ThrowTypeError(ctx, "more than %d arguments", MAX_WORDS);
  int converted = 0;
  while (converted < argc && to_word(ctx, argv[converted], &w[converted], &texts[converted]) == 0) converted++;
  if (converted == argc) {
    int64_t value;
    if (symbol) {
      value = ((function *)symbol->address)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
      /* The ABI leaves the upper half of the register undefined when the function returns 32 bits. */
      value = symbol->result == INT ? (int32_t)value : symbol->result == UINT ? (uint32_t)value : value;
    } else {
      value = syscall(w[0], w[1], w[2], w[3], w[4], w[5], w[6]);
      if (value == -1) value = -errno;
    }
    result = JS_NewInt64(ctx, value);
  }
  for (int i = 0; i < argc; i++) {
    if (texts[i]) JS_FreeCString(ctx, texts[i]);
  }
  return result;
}

FUNCTION(ffi_syscall) {
  if (argc < 1 || argc > 7) return JS_ThrowTypeError(ctx, "a system call takes its number and up to 6 arguments");
  if (!JS_IsNumber(argv[0])) return JS_ThrowTypeError(ctx, "the number of a system call is not a number");
  return invoke(ctx, NULL, argc, argv);
}

FUNCTION(ffi_call) {
  const char *name = to_text(ctx, argc > 0 ? argv[0] : JS_UNDEFINED);
  if (!name) return JS_EXCEPTION;
  const struct symbol *symbol = NULL;
  for (size_t i = 0; i < LENGTH(symbols) && !symbol; i++) {
    if (strcmp(symbols[i].name, name) == 0) symbol = &symbols[i];
  }
  JSValue result;
  if (!symbol) {
    result = JS_ThrowTypeError(ctx, "no symbol %s", name);
  } else if (argc - 1 != symbol->arity) {
    result = JS_ThrowTypeError(ctx, "%s takes %d arguments: %d given", name, symbol->arity, argc - 1);
  } else {
    result = invoke(ctx, symbol, argc - 1, argv + 1);
  }
  JS_FreeCString(ctx, name);
  return result;
}

FUNCTION(ffi_address) {
  size_t length;
  uint8_t *bytes = to_bytes(ctx, argc > 0 ? argv[0] : JS_UNDEFINED, &length);
  return bytes ? JS_NewInt64(ctx, (int64_t)(intptr_t)bytes) : JS_EXCEPTION;
}

/* Signals that whoever called runt ignores or blocks (nohup, a shell's background) are nothing to what runt starts. */
static void reset_signals(void) {
  static const struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } by_default;
  for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, &by_default, NULL, sizeof by_default.mask);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &by_default.mask, NULL, sizeof by_default.mask);
}

/* vfork shares our memory until execveat, so nothing is copied and the child can leave its errno in `failure`. */
static int spawn(int fd, char *const *argv, char *const *envp) {
  volatile int failure = 0;
  pid_t pid = vfork();
  if (pid < 0) return -errno;
  if (pid == 0) {
    reset_signals();
    syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
    failure = errno;
    _exit(127);
  }
  if (!failure) return pid;
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
  return -failure;
}

FUNCTION(ffi_spawn) {
  int64_t fd;
  if (argc != 3) return JS_ThrowTypeError(ctx, "spawn takes a descriptor, argv and envp");
  if (!may_call(ctx) || to_integer(ctx, argv[0], &fd)) return JS_EXCEPTION;
  char **args = to_texts(ctx, argv[1]);
  char **env = args ? to_texts(ctx, argv[2]) : NULL;
  JSValue result = args && env ? JS_NewInt32(ctx, spawn((int)fd, args, env)) : JS_EXCEPTION;
  free_texts(ctx, args);
  free_texts(ctx, env);
  return result;
}

FUNCTION(ffi_encode) {
  size_t length;
  if (argc != 1 || !JS_IsString(argv[0])) return JS_ThrowTypeError(ctx, "not a string");
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (!text) return JS_EXCEPTION;
  JSValue buffer = JS_NewArrayBufferCopy(ctx, (const uint8_t *)text, length);
  JS_FreeCString(ctx, text);
  if (JS_IsException(buffer)) return buffer;
  JSValueConst whole[] = { buffer, JS_UNDEFINED, JS_UNDEFINED };
  JSValue array = JS_NewTypedArray(ctx, LENGTH(whole), whole, JS_TYPED_ARRAY_UINT8);
  JS_FreeValue(ctx, buffer);
  return array;
}

FUNCTION(ffi_decode) {
  size_t size;
  int64_t offset = 0;
  uint8_t *bytes = to_bytes(ctx, argc > 0 ? argv[0] : JS_UNDEFINED, &size);
  if (!bytes || (argc > 1 && !JS_IsUndefined(argv[1]) && to_integer(ctx, argv[1], &offset))) return JS_EXCEPTION;
  int64_t length = (int64_t)size - offset;
  if (argc > 2 && !JS_IsUndefined(argv[2]) && to_integer(ctx, argv[2], &length)) return JS_EXCEPTION;
  if (offset < 0 || offset > (int64_t)size || length < 0 || length > (int64_t)size - offset) {
    return JS_ThrowRangeError(ctx, "bytes %lld + %lld of %lld", (long long)offset, (long long)length, (long long)size);
  }
  return to_string(ctx, bytes + offset, (size_t)length);
}

FUNCTION(ffi_getenv) {
  const char *name = may_call(ctx) ? to_text(ctx, argc > 0 ? argv[0] : JS_UNDEFINED) : NULL;
  if (!name) return JS_EXCEPTION;
  const char *value = getenv(name);
  JS_FreeCString(ctx, name);
  return value ? to_string(ctx, (const uint8_t *)value, strlen(value)) : JS_UNDEFINED;
}

FUNCTION(ffi_environ) {
  (void)argc, (void)argv;
  return may_call(ctx) ? to_strings(ctx, environ) : JS_EXCEPTION;
}

static const JSCFunctionListEntry exports[] = {
  JS_CFUNC_DEF("syscall", 1, ffi_syscall), JS_CFUNC_DEF("call", 1, ffi_call),
  JS_CFUNC_DEF("address", 1, ffi_address), JS_CFUNC_DEF("spawn", 3, ffi_spawn),
  JS_CFUNC_DEF("encode", 1, ffi_encode),   JS_CFUNC_DEF("decode", 3, ffi_decode),
  JS_CFUNC_DEF("getenv", 1, ffi_getenv),   JS_CFUNC_DEF("environ", 0, ffi_environ),
};

static int export_functions(JSContext *ctx, JSModuleDef *module) {
  return JS_SetModuleExportList(ctx, module, exports, LENGTH(exports));
}

JSModuleDef *ffi_declare(JSContext *ctx) {
  JSModuleDef *module = JS_NewCModule(ctx, "runt:ffi", export_functions);
  JS_AddModuleExport(ctx, module, "argv");
  JS_AddModuleExportList(ctx, module, exports, LENGTH(exports));
  return module;
}

void ffi_start(JSContext *ctx, JSModuleDef *module, char *const *argv) {
  started = true;
  JS_SetModuleExport(ctx, module, "argv", to_strings(ctx, argv));
}
