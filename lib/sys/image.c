/*
 * The executable's heap is made when it is built. Without one, the program loads a script's bytecode and writes its heap to a
 * file, which the build links in. So each command begins with all modules loaded, and pays for the pages that it touches and for
 * nothing else.
 *
 * The kernel puts the program at a random place, and the heap with it; from there it is moved to the one address that it was
 * made at, and what it holds is right again but for the few words that point into the program.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "ffi.h"

/*
 * Blocks are multiples of 16 bytes up to SMALL, then quarters between powers of two. A block's class stands in the word
 * before it.
 */
enum { WORD = 8, SMALL_BITS = 10, SMALL = 1 << SMALL_BITS, CLASSES = SMALL / 16 + 1 + 4 * 48, REGION = 1 << 20 };

struct image {
  JSContext *context;
  JSModuleDef *ffi;
  JSValue main;
  /* The free part of the region in use, and the freed blocks of each class. */
  char *next, *end;
  void *freed[CLASSES];
};
/* The section, where the kernel has put it: empty while the image is made, the heap and the offsets in it of words afterwards. */
extern char image_section[], heap_end[], image_end[];
/* Where the program begins; what the words count from. */
extern const char __ehdr_start[];
#define image (*(struct image *)IMAGE_ADDRESS)

/* While the image is made, what is left of a large block that was freed: others are cut from it, for the file to have few holes. */
static struct { bool wanted; char *next, *end; } spare;

static size_t class_of(size_t size) {
  size_t block = (size + WORD + 15) & ~(size_t)15;
  if (block <= SMALL) return block / 16;
  int bits = 63 - __builtin_clzl(block - 1);
  return SMALL / 16 + 4 * (size_t)(bits - SMALL_BITS) + (((block - 1) >> (bits - 2)) & 3) + 1;
}

static size_t block_of(size_t class) {
  if (class <= SMALL / 16) return class * 16;
  size_t quarter = class - SMALL / 16 - 1;
  return (5 + quarter % 4) << (SMALL_BITS - 2 + quarter / 4);
}

static size_t size_of(const void *pointer) {
  return block_of(((const size_t *)pointer)[-1]) - WORD;
}

static void *allocate(JSMallocState *state, size_t size) {
  if (size > PTRDIFF_MAX / 4) return NULL;
  size_t class = class_of(size), block = block_of(class);
  void *pointer = image.freed[class];
  if (pointer) {
    image.freed[class] = *(void **)pointer;
  } else if ((size_t)(spare.end - spare.next) >= block) {
    pointer = spare.next + WORD;
    spare.next += block;
    ((size_t *)pointer)[-1] = class;
  } else {
    if ((size_t)(image.end - image.next) < block) {
      size_t region = block > REGION ? block : REGION;
      char *fresh = mmap(NULL, region, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (fresh == MAP_FAILED) return NULL;
      image.next = fresh;
      image.end = fresh + region;
    }
    pointer = image.next + WORD;
    image.next += block;
    ((size_t *)pointer)[-1] = class;
  }
  state->malloc_count++;
  state->malloc_size += block;
  return pointer;
}

static void release(JSMallocState *state, void *pointer) {
  if (!pointer) return;
  size_t class = ((size_t *)pointer)[-1], block = block_of(class);
  state->malloc_count--;
  state->malloc_size -= block;
  if (spare.wanted && block > 8 * SMALL && block > (size_t)(spare.end - spare.next)) {
    spare.next = (char *)pointer - WORD;
    spare.end = spare.next + block;
    return;
  }
  *(void **)pointer = image.freed[class];
  image.freed[class] = pointer;
}

static void *reallocate(JSMallocState *state, void *pointer, size_t size) {
  if (pointer && size && size <= size_of(pointer)) return pointer;
  void *fresh = size ? allocate(state, size) : NULL;
  if (size && !fresh) return NULL;
  if (pointer && fresh) memcpy(fresh, pointer, size_of(pointer));
  release(state, pointer);
  return fresh;
}

static _Noreturn void fail(const char *path) {
  perror(path);
  _exit(1);
}

/* From here on there is an image. */
static void place(void) {
  char *address = (char *)IMAGE_ADDRESS;
  size_t length = (size_t)(image_end - image_section);
  if (mremap(image_section, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, address) != address) fail("mremap");
  const uint32_t *words = (uint32_t *)(address + (heap_end - image_section));
  const uint32_t *end = (uint32_t *)(address + length);
  for (; words < end; words++) *(uint64_t *)(address + *words) += (uint64_t)__ehdr_start;
}

/*
 * Gives back the memory that holds what the file holds, too: it comes back when it is touched, 64 kB at a time. Of the heap that is what
 * no one has written to, says /proc/self/pagemap; in between nothing may be.
 */
static void drop_clean_pages(void) {
  enum { PAGES = 256 };
  static const uint64_t PRESENT = 1ULL << 63, FROM_FILE = 1ULL << 61;
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)__ehdr_start;
  const Elf64_Phdr *segment = (const Elf64_Phdr *)(__ehdr_start + header->e_phoff);
  size_t page = (size_t)sysconf(_SC_PAGESIZE), heap_pages = (size_t)(image_end - image_section) / page;
  for (int i = 0; i < header->e_phnum; i++) {
    if (segment[i].p_type != PT_LOAD || segment[i].p_flags & PF_W) continue;
    size_t before = segment[i].p_vaddr & (page - 1);
    madvise((char *)__ehdr_start + segment[i].p_vaddr - before, before + segment[i].p_memsz, MADV_DONTNEED);
  }
  int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (pagemap < 0) return;
  for (size_t first = 0; first < heap_pages; first += PAGES) {
    uint64_t entries[PAGES];
    ssize_t size = pread(pagemap, entries, sizeof entries, (off_t)((IMAGE_ADDRESS / page + first) * sizeof *entries));
    size_t read = size < 0 ? 0 : (size_t)size / sizeof *entries;
    for (size_t i = 0; i < read && first + i < heap_pages; i++) {
      bool clean = (entries[i] & PRESENT) && (entries[i] & FROM_FILE);
      if (clean) madvise((char *)IMAGE_ADDRESS + (first + i) * page, page, MADV_DONTNEED);
    }
  }
  close(pagemap);
}

int64_t image_wait(struct pollfd *fds, nfds_t count) {
  drop_clean_pages();
  return ppoll(fds, count, NULL, NULL);
}

/* What no `catch` of the program saw is a defect of the program. */
static _Noreturn void die(JSContext *ctx, JSValue error) {
  JSValue stack = JS_IsError(ctx, error) ? JS_GetPropertyStr(ctx, error, "stack") : JS_UNDEFINED;
  const char *message = JS_ToCString(ctx, error);
  const char *trace = JS_IsString(stack) ? JS_ToCString(ctx, stack) : NULL;
  fprintf(stderr, "runt: internal error: %s\n%s", message ? message : "(no message)", trace ? trace : "");
  _exit(1);
}

/* Runs what promises wait for, and takes `value` for what it promises, if it does. */
static JSValue settle(JSContext *ctx, JSValue value) {
  JSContext *job;
  int state;
  do state = JS_IsException(value) ? -1 : JS_ExecutePendingJob(JS_GetRuntime(ctx), &job);
  while (state > 0);
  if (state < 0) die(ctx, JS_GetException(ctx));
  switch (JS_PromiseState(ctx, value)) {
    case JS_PROMISE_PENDING: die(ctx, JS_NewString(ctx, "nothing is left to do, and main waits"));
    case JS_PROMISE_REJECTED: die(ctx, JS_PromiseResult(ctx, value));
    case JS_PROMISE_FULFILLED: return JS_PromiseResult(ctx, value);
    default: return value;
  }
}

/* The bytecode in the file, of which modules keep no part. */
static uint8_t *read_all(const char *path, size_t *length) {
  FILE *file = fopen(path, "r");
  if (!file || fseek(file, 0, SEEK_END) != 0) fail(path);
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length);
  if (!bytes || fread(bytes, *length, 1, file) != 1) fail(path);
  return bytes;
}

/* Starts the engine with the intrinsics that runt uses, loads the script, a module, and keeps the `main` it exports. */
static void load(const char *path) {
  static const JSMallocFunctions functions = { allocate, release, reallocate, size_of };
  image.next = (char *)(&image + 1);
  image.end = (char *)&image + (image_end - image_section);
  spare.wanted = true;
  JSRuntime *runtime = JS_NewRuntime2(&functions, NULL);
  JSContext *ctx = image.context = JS_NewContextRaw(runtime);
  JS_AddIntrinsicBaseObjects(ctx);
  JS_AddIntrinsicDate(ctx);
  JS_AddIntrinsicRegExp(ctx);
  JS_AddIntrinsicJSON(ctx);
  JS_AddIntrinsicMapSet(ctx);
  JS_AddIntrinsicTypedArrays(ctx);
  JS_AddIntrinsicPromise(ctx);
  image.ffi = ffi_declare(ctx);
  size_t length;
  const uint8_t *bytecode = read_all(path, &length);
  JSValue script = JS_ReadObject(ctx, bytecode, length, JS_READ_OBJ_BYTECODE);
  if (JS_IsException(script) || JS_ResolveModule(ctx, script) < 0) die(ctx, JS_GetException(ctx));
  JSModuleDef *module = JS_VALUE_GET_PTR(script);
  settle(ctx, JS_EvalFunction(ctx, script));
  JSValue exports = JS_GetModuleNamespace(ctx, module);
  image.main = JS_GetPropertyStr(ctx, exports, "main");
  JS_FreeValue(ctx, exports);
  JS_RunGC(runtime);
  JS_MakeImmortal(runtime);
}

/* Writes the heap, whole pages of it: what is left of the last one is the first that the engine will use. Tells where it ran. */
static void save(const char *path) {
  if (image.end != (char *)&image + (image_end - image_section)) {
    fprintf(stderr, "modules need more memory than the image has\n");
    _exit(1);
  }
  /* What was freed lies all over the heap: to hand it out again would cost a page each time. */
  memset(image.freed, 0, sizeof image.freed);
  size_t length = ((size_t)(image.next - (char *)&image) + 4095) & ~(size_t)4095;
  image.end = (char *)&image + length;
  FILE *file = fopen(path, "w");
  if (!file || fwrite(&image, length, 1, file) != 1 || fclose(file) != 0) fail(path);
  printf("%p\n", (const void *)__ehdr_start);
}

/* Standard streams that the caller has closed are /dev/null: what is opened first must not get their numbers, and messages. */
static void open_streams(void) {
  struct pollfd streams[] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};
  if (poll(streams, 3, 0) <= 0) return;
  for (int fd = 0; fd < 3; fd++) {
    if (streams[fd].revents & POLLNVAL && open("/dev/null", O_RDWR) < 0) _exit(1);
  }
}

int main(int argc, char **argv) {
  place();
  if (!image.context) {
    if (argc != 3) return 1;
    load(argv[1]);
    save(argv[2]);
    return 0;
  }
  open_streams();
  JSContext *ctx = image.context;
  JSRuntime *runtime = JS_GetRuntime(ctx);
  JS_UpdateStackTop(runtime);
  JS_SetGCThreshold(runtime, 4 << 20);
  ffi_start(ctx, image.ffi, argv);
  int32_t status;
  JSValue result = settle(ctx, JS_Call(ctx, image.main, JS_UNDEFINED, 0, NULL));
  if (JS_ToInt32(ctx, &status, result)) die(ctx, JS_GetException(ctx));
  /* Nothing is torn down: the kernel takes the memory back faster than the engine would. */
  _exit(status);
}
