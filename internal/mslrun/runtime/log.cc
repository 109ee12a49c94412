// The messages of kernels: each is made into text here, and all of a dispatch go to the executor with the answer.
#include "runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {
// A message: this, and then its subsystem, category and text. What is not there has no bytes, and the length -1.
struct record {
  int32_t level, subsystem, category, text;
};
char *buffer; // of all messages of a dispatch
size_t reserved;
uint32_t level, room, used, dropped;

int32_t length(const char *s) { return s ? (int32_t)strlen(s) : -1; }

// What a message takes of the log state's buffer. Metal does not say how much; it can't do with less than the format's
// place, the time and an argument's value each, so this is no less.
constexpr uint32_t OVERHEAD = 32;

// Writes one conversion of a format with its argument, as printf does. The format was checked when the kernel was compiled.
const char *convert(const char *f, const __msl_logged *v, char *to, size_t n, int *written) {
  char spec[64];
  size_t k = 0;
  int longs = 0, shorts = 0;
  spec[k++] = '%';
  for (f++; strchr("-+ #0123456789.", *f) && *f; f++)
    if (k < sizeof spec - 8) spec[k++] = *f;
  for (; *f == 'l' || *f == 'h' || *f == 'z'; f++) *f == 'h' ? shorts++ : longs++;
  const char c = *f++;
  if (strchr("eEfFgGaA", c)) {
    spec[k++] = c, spec[k] = 0;
    double d;
    memcpy(&d, &v->bits, sizeof d);
    *written = snprintf(to, n, spec, d);
    return f;
  }
  if (c == 'c') {
    spec[k++] = c, spec[k] = 0;
    *written = snprintf(to, n, spec, (int)(unsigned char)v->bits);
    return f;
  }
  spec[k++] = 'l', spec[k++] = c, spec[k] = 0;
  const int bits = longs ? 64 : shorts == 2 ? 8 : shorts == 1 ? 16 : 32;
  unsigned long x = v->bits << (64 - bits);
  x = c == 'd' || c == 'i' ? (unsigned long)((long)x >> (64 - bits)) : x >> (64 - bits);
  *written = snprintf(to, n, spec, x);
  return f;
}
} // namespace

void begin_log(const request &q) {
  level = q.log_level, room = q.log_room, used = dropped = 0;
  if (room > reserved) {
    if (buffer) munmap(buffer, reserved);
    reserved = room;
    buffer = (char *)mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (buffer == MAP_FAILED) {
      perror("allocating the messages' buffer");
      _exit(4);
    }
  }
}
const char *logged(uint32_t *bytes, uint32_t *lost) {
  *bytes = used, *lost = dropped;
  return buffer;
}

extern "C" void __msl_log(int type, const char *subsystem, const char *category, const char *format, const __msl_logged *values) {
  static const uint32_t levels[] = {1, 2, 3, 4, 5}; // MTLLogLevel of log_type
  if (!room || type < 0 || type > 4 || levels[type] < level) return;
  record r = {(int32_t)levels[type], length(subsystem), length(category), 0};
  const uint32_t names = (uint32_t)((r.subsystem > 0 ? r.subsystem : 0) + (r.category > 0 ? r.category : 0));
  if (names > room || room - names < used + OVERHEAD) {
    dropped++;
    return;
  }
  char *text = buffer + used + sizeof r + names;
  const size_t limit = room - used - OVERHEAD - names; // of the text
  size_t n = 0;
  for (const char *f = format; *f;) {
    int written = 1;
    if (*f != '%' || f[1] == '%') {
      if (n < limit) text[n] = *f;
      f += *f == '%' ? 2 : 1;
    } else {
      char one[512];
      f = convert(f, values++, one, sizeof one, &written);
      if (written < 0 || (size_t)written >= sizeof one) written = (int)limit + 1; // no number is as long
      if (n + (size_t)written <= limit) memcpy(text + n, one, (size_t)written);
    }
    n += (size_t)written;
    if (n > limit) {
      dropped++;
      return;
    }
  }
  r.text = (int32_t)n;
  memcpy(buffer + used, &r, sizeof r);
  char *p = buffer + used + sizeof r;
  if (r.subsystem > 0) memcpy(p, subsystem, (size_t)r.subsystem), p += r.subsystem;
  if (r.category > 0) memcpy(p, category, (size_t)r.category);
  used += OVERHEAD + names + (uint32_t)n;
}
