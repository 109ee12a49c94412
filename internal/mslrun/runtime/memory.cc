// The memory that kernels reach: buffers of the shared file, inline bytes and threadgroup memory, each alone in a wide range
// of addresses that can't be touched, so that an access beyond its end faults and names it.
#include "runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

area buffers[MAX_BUFFERS], memories[MAX_BUFFERS];
size_t static_threadgroup_bytes;

namespace {
constexpr size_t WIDE = (size_t)1 << 30; // an index that is wrong by a row or a plane stays within
constexpr size_t NARROW = (size_t)1 << 20;
constexpr int MEMORY_FILE = 3;
struct variable_area {
  __msl_threadgroup_variable *v;
  area a;
} *variables;
size_t variable_count;
char *unbound; // MAX_BUFFERS ranges of NARROW bytes

size_t page() {
  static const size_t p = (size_t)sysconf(_SC_PAGESIZE);
  return p;
}
size_t up(size_t n, size_t to) { return (n + to - 1) / to * to; }

[[noreturn]] void fail(const char *what) {
  perror(what);
  _exit(4);
}
void release(area &a) {
  if (!a.base) return;
  ASAN_UNPOISON_MEMORY_REGION(a.mapped, a.pages);
  munmap(a.base, a.reserved);
  a = area{};
}
void poison(area &a) {
  ASAN_POISON_MEMORY_REGION(a.mapped, a.start - a.mapped);
  ASAN_POISON_MEMORY_REGION(a.start + a.length, a.mapped + a.pages - (a.start + a.length));
}
void snapshot(area &a) {
#if !__has_feature(address_sanitizer) // by which the slack is poisoned when another dispatch finds it mapped
  const size_t n = a.mapped + a.pages - (a.start + a.length);
  a.slack_bytes = n < 16 ? (unsigned)n : 0; // more is not slack but someone's data
  memcpy(a.slack, a.start + a.length, a.slack_bytes);
#endif
}
void reserve(area &a, size_t pages, size_t guard) {
  a.pages = pages;
  a.reserved = pages + 2 * guard;
  a.base = (char *)mmap(nullptr, a.reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (a.base == MAP_FAILED) fail("reserving addresses");
  a.mapped = a.base + guard;
}
void map_file(area &a, int64_t offset, int64_t length, bool writable) {
  if (a.base && a.file && a.offset == offset && (int64_t)a.length == length && a.writable == writable) {
    snapshot(a);
    return;
  }
  release(a);
  const size_t lead = (size_t)offset % page();
  reserve(a, up(lead + (size_t)length, page()), WIDE);
  if (mmap(a.mapped, a.pages, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED | MAP_FIXED, MEMORY_FILE, offset - (int64_t)lead) == MAP_FAILED)
    fail("mapping a buffer");
  a.start = a.mapped + lead;
  a.length = (size_t)length;
  a.writable = writable;
  a.file = true;
  a.offset = offset;
  snapshot(a);
  poison(a);
}
// Private memory of this process that ends at a guard page.
void map_private(area &a, size_t length, size_t align, size_t guard) {
  if (a.base && !a.file && a.length == length) return;
  release(a);
  if (align < 16) align = 16;
  reserve(a, up(length, page()), guard);
  if (mprotect(a.mapped, a.pages, PROT_READ | PROT_WRITE)) fail("mapping threadgroup memory");
  a.start = a.mapped + a.pages - up(length, align);
  a.length = length;
  a.writable = true;
}
void fill(area &a) {
  ASAN_UNPOISON_MEMORY_REGION(a.mapped, a.pages);
  memset(a.start, 0xff, a.mapped + a.pages - a.start);
  snapshot(a);
  poison(a);
}
bool within(const area &a, uintptr_t p) { return a.base && p >= (uintptr_t)a.base && p < (uintptr_t)a.base + a.reserved; }
bool intact(const area &a) {
  if (!a.base || !a.slack_bytes) return true;
#if __has_feature(address_sanitizer)
  return true; // the sanitizer has exact bounds
#else
  return !memcmp(a.slack, a.start + a.length, a.slack_bytes);
#endif
}
} // namespace

extern "C" __msl_threadgroup_variable __start_msl_threadgroup[] __attribute__((weak));
extern "C" __msl_threadgroup_variable __stop_msl_threadgroup[] __attribute__((weak));

void lay_out_threadgroup_variables() {
  // Through volatile: the compiler may assume that two arrays have different addresses.
  __msl_threadgroup_variable *volatile from = __start_msl_threadgroup, *volatile to = __stop_msl_threadgroup;
  variable_count = (size_t)(to - from);
  variables = (variable_area *)calloc(variable_count + 1, sizeof *variables);
  for (size_t i = 0; i < variable_count; i++) {
    variables[i].v = from + i;
    static_threadgroup_bytes = up(static_threadgroup_bytes, from[i].align < 16 ? 16 : from[i].align) + from[i].size;
  }
  static_threadgroup_bytes = up(static_threadgroup_bytes, 16);
}

void map_arguments(const request &q, const char *inlined) {
  int count;
  const __msl_argument *args = __msl_reflection(&count);
  if (!unbound) {
    unbound = (char *)mmap(nullptr, MAX_BUFFERS * NARROW, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (unbound == MAP_FAILED) fail("reserving addresses");
  }
  bool used[MAX_BUFFERS] = {}, writable[MAX_BUFFERS] = {};
  for (int i = 0; i < count; i++)
    if (args[i].active && !args[i].in_threadgroup) used[args[i].index] = true, writable[args[i].index] |= args[i].writable != 0;
  for (int i = 0; i < MAX_BUFFERS; i++) {
    const binding &b = q.buffers[i];
    area &a = buffers[i];
    if (!used[i] || b.length == 0)
      release(a);
    else if (!b.inlined)
      map_file(a, b.offset, b.length, writable[i]);
    else {
      if (a.file) release(a);
      if (a.base) mprotect(a.mapped, a.pages, PROT_READ | PROT_WRITE);
      map_private(a, (size_t)b.length, 16, WIDE);
      fill(a);
      memcpy(a.start, inlined, (size_t)b.length);
      mprotect(a.mapped, a.pages, PROT_READ);
      a.writable = false;
    }
    if (b.inlined) inlined += b.length;
    if (q.memory[i])
      map_private(memories[i], q.memory[i], 16, NARROW);
    else
      release(memories[i]);
  }
  for (size_t i = 0; i < variable_count; i++) {
    map_private(variables[i].a, variables[i].v->size, variables[i].v->align, NARROW);
    variables[i].v->address = variables[i].a.start;
  }
}

void reset_threadgroup_memory(const request &q) {
  for (int i = 0; i < MAX_BUFFERS; i++)
    if (q.memory[i]) fill(memories[i]);
  for (size_t i = 0; i < variable_count; i++) fill(variables[i].a);
}

void *address_of_buffer(int i) { return buffers[i].base ? buffers[i].start : unbound + i * NARROW + NARROW / 2; }
void *address_of_memory(int i) { return memories[i].base ? memories[i].start : unbound + i * NARROW + NARROW / 4; }

bool locate(uintptr_t p, reply &r, char *text, size_t room) {
  r.address = p;
  r.buffer = r.memory = -1;
  const char *verb = r.write ? "wrote" : "read";
  for (int i = 0; i < MAX_BUFFERS; i++) {
    if (within(buffers[i], p)) {
      r.buffer = i;
      r.offset = (int64_t)p - (int64_t)(uintptr_t)buffers[i].start;
      r.length = (int64_t)buffers[i].length;
      const bool inside = r.offset >= 0 && r.offset < r.length;
      if (inside)
        snprintf(text, room, "wrote byte %lld of buffer %d, which it may only read", (long long)r.offset, i);
      else
        snprintf(text, room, "%s byte %lld of buffer %d, which has %lld", verb, (long long)r.offset, i, (long long)r.length);
      return true;
    }
    if (within(memories[i], p)) {
      r.memory = i;
      r.offset = (int64_t)p - (int64_t)(uintptr_t)memories[i].start;
      r.length = (int64_t)memories[i].length;
      snprintf(text, room, "%s byte %lld of threadgroup memory %d, which has %lld", verb, (long long)r.offset, i, (long long)r.length);
      return true;
    }
  }
  for (size_t i = 0; i < variable_count; i++)
    if (within(variables[i].a, p)) {
      r.offset = (int64_t)p - (int64_t)(uintptr_t)variables[i].a.start;
      r.length = (int64_t)variables[i].a.length;
      set_fault_name(variables[i].v->name);
      snprintf(text, room, "%s byte %lld of threadgroup variable %s, which has %lld", verb, (long long)r.offset, variables[i].v->name, (long long)r.length);
      return true;
    }
  if (unbound && p >= (uintptr_t)unbound && p < (uintptr_t)unbound + MAX_BUFFERS * NARROW) {
    const size_t at = p - (uintptr_t)unbound;
    r.buffer = (int32_t)(at / NARROW);
    snprintf(text, room, "%s buffer or threadgroup memory %d, which is not bound", verb, r.buffer);
    return true;
  }
  if (p == 0)
    snprintf(text, room, "used a null pointer, an address that is not one, or a vector that is not aligned to its size");
  else
    snprintf(text, room, "%s address %#llx, which belongs to no buffer", verb, (unsigned long long)p);
  return false;
}

bool canaries(reply &r, char *text, size_t room) {
  r.buffer = r.memory = -1;
  for (int i = 0; i < MAX_BUFFERS; i++) {
    if (!intact(buffers[i])) {
      r.buffer = i;
      r.offset = r.length = (int64_t)buffers[i].length;
      snprintf(text, room, "wrote past the end of buffer %d, which has %lld bytes", i, (long long)r.length);
      return false;
    }
    if (!intact(memories[i])) {
      r.memory = i;
      r.offset = r.length = (int64_t)memories[i].length;
      snprintf(text, room, "wrote past the end of threadgroup memory %d, which has %lld bytes", i, (long long)r.length);
      return false;
    }
  }
  for (size_t i = 0; i < variable_count; i++)
    if (!intact(variables[i].a)) {
      r.offset = r.length = (int64_t)variables[i].a.length;
      set_fault_name(variables[i].v->name);
      snprintf(text, room, "wrote past the end of threadgroup variable %s, which has %lld bytes", variables[i].v->name, (long long)r.length);
      return false;
    }
  return true;
}
