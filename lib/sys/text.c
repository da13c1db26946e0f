/* Strings between the engine, which has UTF-16, and C, which ends them with a NUL. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <string.h>
#include "ffi.h"

#define MAX_TEXTS (1 << 20)

/* A NUL inside would cut a path short of what was checked. */
const char *to_text(JSContext *ctx, JSValueConst value) {
  if (!JS_IsString(value)) {
    JS_ThrowTypeError(ctx, "not a string");
    return NULL;
  }
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, value);
  if (text && strlen(text) != length) {
    JS_FreeCString(ctx, text);
    JS_ThrowTypeError(ctx, "a string with a NUL in it");
    return NULL;
  }
  return text;
}

void free_texts(JSContext *ctx, char **texts) {
  if (!texts) return;
  for (char **text = texts; *text; text++) JS_FreeCString(ctx, *text);
  js_free(ctx, texts);
}

char **to_texts(JSContext *ctx, JSValueConst array) {
  uint32_t length;
  if (JS_IsArray(ctx, array) != 1) {
    JS_ThrowTypeError(ctx, "not an array of strings");
    return NULL;
  }
  JSValue value = JS_GetPropertyStr(ctx, array, "length");
  if (JS_ToUint32(ctx, &length, value)) return NULL;
  if (length > MAX_TEXTS) {
    JS_ThrowRangeError(ctx, "more than %d strings", MAX_TEXTS);
    return NULL;
  }
  char **texts = js_mallocz(ctx, ((size_t)length + 1) * sizeof(*texts));
  for (uint32_t i = 0; texts && i < length; i++) {
    value = JS_GetPropertyUint32(ctx, array, i);
    texts[i] = (char *)to_text(ctx, value);
    JS_FreeValue(ctx, value);
    if (!texts[i]) {
      free_texts(ctx, texts);
      return NULL;
    }
  }
  return texts;
}

/* The length of the UTF-8 sequence that begins at `p`; 0 for none. */
static size_t sequence(const uint8_t *p, size_t left) {
  size_t length = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
  if (length > left) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((p[i] & 0xc0) != 0x80) return 0;
  }
  bool overlong = (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xf0 && p[1] < 0x90);
  bool surrogate = *p == 0xed && p[1] >= 0xa0;
  return overlong || surrogate || (*p == 0xf4 && p[1] >= 0x90) ? 0 : length;
}

static size_t ascii_prefix(const uint8_t *bytes, size_t length) {
  size_t i = 0;
  for (uint64_t word; i + sizeof(word) <= length; i += sizeof(word)) {
    memcpy(&word, bytes + i, sizeof(word));
    if (word & 0x8080808080808080) break;
  }
  return i;
}

/* Left to itself the engine drops the byte after an invalid one, be it the end of a line. */
JSValue to_string(JSContext *ctx, const uint8_t *bytes, size_t length) {
  size_t invalid = 0;
  for (size_t i = ascii_prefix(bytes, length), step; i < length; i += step ? step : 1) {
    step = sequence(bytes + i, length - i);
    if (!step) invalid++;
  }
  if (!invalid) return JS_NewStringLen(ctx, (const char *)bytes, length);
  char *text = js_malloc(ctx, length + 2 * invalid), *end = text;
  if (!text) return JS_EXCEPTION;
  for (size_t i = 0, step; i < length; i += step ? step : 1) {
    step = sequence(bytes + i, length - i);
    end = mempcpy(end, step ? (const char *)bytes + i : "\xef\xbf\xbd", step ? step : 3);
  }
  JSValue string = JS_NewStringLen(ctx, text, (size_t)(end - text));
  js_free(ctx, text);
  return string;
}

JSValue to_strings(JSContext *ctx, char *const *texts) {
  JSValue array = JS_NewArray(ctx);
  for (uint32_t i = 0; texts[i]; i++) {
    JS_SetPropertyUint32(ctx, array, i, to_string(ctx, (const uint8_t *)texts[i], strlen(texts[i])));
  }
  return array;
}
