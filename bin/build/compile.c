/* compile SCRIPT BYTECODE: a module to QuickJS's bytecode: names for the stack of an error, no lines, no source. */
#include <stdio.h>
#include <string.h>
#include "quickjs.h"

static JSModuleDef *import(JSContext *ctx, const char *name, void *opaque) {
  (void)opaque;
  return JS_NewCModule(ctx, name, NULL);
}

int main(int argc, char **argv) {
  FILE *script = argc == 3 ? fopen(argv[1], "r") : NULL;
  char *text = NULL;
  size_t size = 0;
  if (!script || getdelim(&text, &size, EOF, script) < 0) {
    fprintf(stderr, "usage: compile SCRIPT BYTECODE\n");
    return 1;
  }
  JSRuntime *runtime = JS_NewRuntime();
  JSContext *ctx = JS_NewContext(runtime);
  JS_SetModuleLoaderFunc(runtime, NULL, import, NULL);
  JS_SetStripInfo(runtime, JS_STRIP_SOURCE | JS_STRIP_DEBUG);
  JSValue module = JS_Eval(ctx, text, strlen(text), "runt.js", JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  if (JS_IsException(module)) {
    JSValue error = JS_GetException(ctx);
    const char *message = JS_ToCString(ctx, error);
    const char *place = JS_ToCString(ctx, JS_GetPropertyStr(ctx, error, "stack"));
    fprintf(stderr, "%s\n%s", message ? message : "", place ? place : "");
    return 1;
  }
  uint8_t *code = JS_WriteObject(ctx, &size, module, JS_WRITE_OBJ_BYTECODE);
  FILE *bytecode = fopen(argv[2], "w");
  if (!code || !bytecode || fwrite(code, size, 1, bytecode) != 1 || fclose(bytecode) != 0) {
    perror(argv[2]);
    return 1;
  }
  return 0;
}
