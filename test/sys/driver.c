/* driver SCRIPT WORD...: runs the script's `main` in an engine with malloc's heap, where a sanitizer sees every mistake and leak. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../lib/sys/ffi.h"

/* There is no image here. */
int64_t image_wait(struct pollfd *fds, nfds_t count) {
  return poll(fds, count, -1);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  char *text = NULL;
  size_t size = 0;
  if (!file || getdelim(&text, &size, EOF, file) < 0) return 100;
  fclose(file);
  JSRuntime *runtime = JS_NewRuntime();
  JSContext *ctx = JS_NewContext(runtime);
  JSModuleDef *ffi = ffi_declare(ctx);
  JSValue script = JS_Eval(ctx, text, strlen(text), "script", JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  free(text);
  if (JS_IsException(script)) return 101;
  JSModuleDef *module = JS_VALUE_GET_PTR(script);
  JS_FreeValue(ctx, JS_EvalFunction(ctx, script));
  environ = (char *[]){ "A=1", "B=\xff\n", NULL };
  ffi_start(ctx, ffi, argv + 1);
  JSValue exports = JS_GetModuleNamespace(ctx, module);
  JSValue run = JS_GetPropertyStr(ctx, exports, "main");
  JSValue done = JS_Call(ctx, run, JS_UNDEFINED, 0, NULL);
  int failed = JS_IsException(done);
  JS_FreeValue(ctx, done);
  JS_FreeValue(ctx, run);
  JS_FreeValue(ctx, exports);
  JS_FreeContext(ctx);
  JS_FreeRuntime(runtime);
  return failed;
}
