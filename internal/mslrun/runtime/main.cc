// The program around a kernel: reads requests from standard input, answers on standard output, ends when its input closes.
#include "runtime.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

namespace {
int answers = -1;
char text[2000];
const char *name = "";

bool read_all(void *to, size_t n) {
  for (char *p = (char *)to; n;) {
    const ssize_t k = read(0, p, n);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return false;
    p += k;
    n -= (size_t)k;
  }
  return true;
}
void write_all(const void *from, size_t n) {
  for (const char *p = (const char *)from; n;) {
    const ssize_t k = write(answers, p, n);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) _exit(5);
    p += k;
    n -= (size_t)k;
  }
}
// A kernel that never ends must not outlive its parent.
void on_alarm(int) {
  const int was = errno;
  pollfd p = {0, POLLIN, 0};
  if (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP)) _exit(0);
  errno = was;
}
bool is_write(void *context) {
#if defined(__x86_64__)
  return ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2;
#else
  // The exception syndrome is one of the records that follow the registers, but emulators leave it out: the instruction
  // says as much.
  uint32_t i;
  memcpy(&i, (const void *)((ucontext_t *)context)->uc_mcontext.pc, sizeof i);
  switch (i >> 27 & 7) {
  case 1: // exclusive, ordered, and several vectors
  case 5: // pairs
    return !(i >> 22 & 1);
  case 7: // one register; 128 bits are stored with an operation of their own
    return (i >> 22 & 3) == 0 || ((i >> 26 & 1) && (i >> 22 & 3) == 2);
  }
  return false;
#endif
}
// Whether a trap is that of a check for division by zero, which not all processors have by themselves.
bool is_division_trap(void *context) {
#if defined(__x86_64__)
  const unsigned char *p = (const unsigned char *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  return p[0] == 0x67 && p[1] == 0x0f && p[2] == 0xb9;
#else
  uint32_t i;
  memcpy(&i, (const void *)((ucontext_t *)context)->uc_mcontext.pc, sizeof i);
  return (i & 0xffe00000) == 0xd4200000 && (i >> 5 & 0xff00) == 0x5500;
#endif
}
void on_fault(int signal, siginfo_t *info, void *context) {
  reply r = {};
  r.magic = REPLY_MAGIC;
  r.buffer = r.memory = -1;
  describe_thread(r);
  const uintptr_t address = (uintptr_t)info->si_addr;
  if (signal == SIGFPE || ((signal == SIGILL || signal == SIGTRAP) && is_division_trap(context))) {
    r.kind = ARITHMETIC;
    snprintf(text, sizeof text, "divided an integer by zero");
  } else if (signal == SIGILL || signal == SIGTRAP) {
    r.kind = SANITIZER;
    snprintf(text, sizeof text, "reached what the compiler takes for impossible");
  } else if (in_stack_guard(address)) {
    r.kind = STACK_OVERFLOW;
    r.address = address;
    snprintf(text, sizeof text, "private memory of one thread is used up");
  } else {
    r.kind = BAD_ADDRESS;
    r.write = is_write(context);
    locate(info->si_code == SI_KERNEL ? 0 : address, r, text, sizeof text);
  }
  finish(r, name, text);
  _exit(3);
}
void handle(int signal, void (*f)(int, siginfo_t *, void *)) {
  struct sigaction a = {};
  a.sa_sigaction = f;
  a.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(signal, &a, nullptr);
}
void flush_denormals() {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); // flush to zero, denormals are zero
#else
  uint64_t fpcr;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  asm volatile("msr fpcr, %0" ::"r"(fpcr | 1u << 24));
#endif
}
int describe() {
  int count;
  const __msl_argument *a = __msl_reflection(&count);
  printf("threads %d\nstatic %zu\nrequest %zu\nreply %zu\n", __msl_max_threads(), static_threadgroup_bytes, sizeof(request), sizeof(reply));
  for (int i = 0; i < count; i++) printf("argument %d %d %d %d %d %d\n", a[i].in_threadgroup, a[i].index, a[i].size, a[i].align, a[i].active, a[i].writable);
  const __msl_member *m = __msl_members(&count);
  for (int i = 0; i < count; i++) printf("member %d %d %d\n", m[i].argument, m[i].offset, m[i].size);
  return 0;
}
} // namespace

void set_fault_name(const char *n) { name = n; }

void finish(const reply &r, const char *n, const char *t) {
  reply out = r;
  out.name_bytes = (uint32_t)strlen(n);
  out.text_bytes = (uint32_t)strlen(t);
  const char *log = logged(&out.log_bytes, &out.log_dropped);
  write_all(&out, sizeof out);
  write_all(n, out.name_bytes);
  write_all(t, out.text_bytes);
  write_all(log, out.log_bytes);
}

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
extern "C" const char *__asan_default_options() { return "detect_stack_use_after_return=0:detect_leaks=0:handle_segv=0:handle_sigfpe=0:handle_sigill=0:allow_user_segv_handler=1:use_sigaltstack=0:print_legend=0"; }
extern "C" const char *__ubsan_default_options() { return "print_stacktrace=0:halt_on_error=1"; }
static void on_report(const char *report) {
  reply r = {};
  r.magic = REPLY_MAGIC;
  r.kind = SANITIZER;
  describe_thread(r);
  r.write = __asan_get_report_access_type() != 0;
  locate((uintptr_t)__asan_get_report_address(), r, text, sizeof text);
  const size_t n = strlen(text);
  snprintf(text + n, sizeof text - n, "\n%s", report);
  finish(r, name, text);
  _exit(3);
}
extern "C" void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file, unsigned *line, unsigned *column, char **address);
extern "C" void __ubsan_on_report(void) {
  const char *kind = "", *message = "", *file = "";
  unsigned line = 0, column = 0;
  char *address = nullptr;
  __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
  reply r = {};
  r.magic = REPLY_MAGIC;
  r.kind = SANITIZER;
  r.buffer = r.memory = -1;
  r.line = line;
  describe_thread(r);
  snprintf(text, sizeof text, "%s:%u:%u: %s", file, line, column, message);
  finish(r, name, text);
  _exit(3);
}
#endif

int main(int argc, char **argv) {
  lay_out_threadgroup_variables();
  if (argc > 1 && !strcmp(argv[1], "--describe")) return describe();
  // Whatever else prints must not end up among the answers.
  answers = dup(1);
  dup2(2, 1);
  static char alternate[256 << 10];
  const stack_t ss = {alternate, 0, sizeof alternate};
  sigaltstack(&ss, nullptr);
  const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
  for (int s : signals) handle(s, on_fault);
#if __has_feature(address_sanitizer)
  __asan_set_error_report_callback(on_report);
#endif
  struct sigaction alarm = {};
  alarm.sa_handler = on_alarm;
  alarm.sa_flags = SA_ONSTACK | SA_RESTART;
  sigaction(SIGALRM, &alarm, nullptr);
  const itimerval tick = {{0, 200000}, {0, 200000}};
  setitimer(ITIMER_REAL, &tick, nullptr);
  flush_denormals();
  static request q;
  while (read_all(&q, sizeof q)) {
    if (q.magic != REQUEST_MAGIC) return 6;
    char *inlined = (char *)malloc(q.bytes + 1);
    if (!inlined || !read_all(inlined, q.bytes)) return 6;
    map_arguments(q, inlined);
    free(inlined);
    reply r = {};
    r.magic = REPLY_MAGIC;
    r.buffer = r.memory = -1;
    text[0] = 0;
    name = "";
    begin_log(q);
    if (!run_dispatch(q, r, text, sizeof text)) {
      describe_thread(r);
      finish(r, name, text);
      return 3;
    }
    finish(r, "", "");
  }
  return 0;
}
