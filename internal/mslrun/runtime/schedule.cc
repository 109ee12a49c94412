// Who runs when: the threads of one threadgroup are fibers of one operating system thread.
#include "fiber.h"
#include "runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

fiber *current;

namespace {
#if __has_feature(address_sanitizer)
constexpr size_t STACK = 1 << 20;
#else
constexpr size_t STACK = 256 << 10;
#endif
enum { UP, DOWN, SHUFFLED };
enum { EVEN, FIRST, LAST };

// Two exchanges, used in turn: a lane may give its next value while others still read the last ones. Lanes that met without
// the rest get a copy of their own, which is that of the first of them.
struct meeting_place {
  __msl_exchange x[2];
  unsigned turn;
};
__msl_exchange (*copies)[32]; // per simdgroup
fiber *fibers;
unsigned fiber_room, thread_count;
meeting_place (*places)[9]; // per simdgroup: one for all lanes, eight for its quads
void *scheduler;
uint64_t random_state;
bool linear_sums, allow_divergent;

unsigned random_below(unsigned n) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (unsigned)((random_state >> 11) % n);
}
// Indices 0 to n-1 in the order of the sequence.
void arrange(unsigned *list, unsigned n, unsigned sequence) {
  for (unsigned i = 0; i < n; i++) list[i] = sequence == DOWN ? n - 1 - i : i;
  if (sequence == SHUFFLED)
    for (unsigned i = n; i > 1; i--) {
      const unsigned j = random_below(i), t = list[i - 1];
      list[i - 1] = list[j];
      list[j] = t;
    }
}
void run_thread() {
  for (;;) {
    __msl_entry(&current->args);
    current->st = DONE;
    msl_switch(&current->sp, scheduler);
  }
}
void suspend(state st, const __msl_site *site) {
  fiber *me = current;
  me->st = st;
  me->site = site;
  msl_switch(&me->sp, scheduler);
}
void make_fibers(unsigned n) {
  if (n > fiber_room) {
    fibers = (fiber *)realloc((void *)fibers, n * sizeof *fibers);
    places = (meeting_place(*)[9])realloc((void *)places, (n + 31) / 32 * sizeof *places);
    copies = (__msl_exchange(*)[32])realloc((void *)copies, (n + 31) / 32 * sizeof *copies);
    const size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    for (unsigned i = fiber_room; i < n; i++) {
      char *p = (char *)mmap(nullptr, STACK + guard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (p == MAP_FAILED || mprotect(p, guard, PROT_NONE)) {
        perror("allocating private memory");
        _exit(4);
      }
      fibers[i].stack = p + guard;
    }
    fiber_room = n;
  }
  thread_count = n;
}
bool same_place(const fiber &a, const fiber &b) {
  return a.st == b.st && a.site->line == b.site->line && a.site->column == b.site->column && !strcmp(a.site->function, b.site->function);
}
unsigned lanes_of(unsigned simdgroup) { return thread_count - simdgroup * 32 < 32 ? thread_count - simdgroup * 32 : 32; }

// What one look at a simdgroup, none of whose lanes can run, leads to.
enum progress { RELEASED, BLOCKED, DIVERGED };

void where(char *text, size_t room, const fiber &f) {
  if (f.st == DONE)
    snprintf(text, room, "has returned");
  else if (f.st == READY)
    snprintf(text, room, "goes on");
  else
    snprintf(text, room, "is at %s in line %u", f.site->function, f.site->line);
}
progress diverged(const fiber &there, uint32_t mask, uint32_t present, const fiber &absent, reply &r, char *text, size_t room) {
  current = const_cast<fiber *>(&there);
  r.kind = there.st == MEETS ? BAD_SIMD : BAD_BARRIER;
  r.line = there.site->line;
  r.other_line = absent.st == DONE ? 0 : absent.site->line;
  r.lanes_there = mask;
  r.lanes_missing = present & ~mask;
  set_fault_name(there.site->function);
  char other[200];
  where(other, sizeof other, absent);
  snprintf(text, room, "%s in line %u was reached by %d of %d lanes of the simdgroup (mask %#010x); lane %u %s", there.site->function, there.site->line,
           __builtin_popcount(mask), __builtin_popcount(present), mask, absent.index % 32, other);
  return DIVERGED;
}
void release(fiber *f, unsigned first, unsigned lanes, uint32_t mask, bool all) {
  const unsigned lead = (unsigned)__builtin_ctz(mask);
  if (f[lead].st == MEETS) {
    const unsigned sg = f->index / 32;
    meeting_place &m = places[sg][f[lead].lanes == 32 ? 0 : 1 + first / 4];
    __msl_exchange *x = &m.x[m.turn];
    if (all)
      m.turn ^= 1;
    else {
      memcpy(&copies[sg][lead], x, sizeof *x);
      x = &copies[sg][lead];
    }
    x->active = mask;
    for (unsigned i = first; i < first + lanes; i++)
      if (mask >> i & 1) f[i].got = x;
  }
  for (unsigned i = first; i < first + lanes; i++)
    if (mask >> i & 1) f[i].st = READY;
}
progress look(unsigned simdgroup, reply &r, char *text, size_t room) {
  fiber *f = fibers + simdgroup * 32;
  const unsigned n = lanes_of(simdgroup);
  const uint32_t present = n == 32 ? ~0u : (1u << n) - 1;
  // Quadgroups meet on their own.
  bool released = false;
  for (unsigned q = 0; q < n; q += 4) {
    const unsigned end = q + 4 < n ? q + 4 : n;
    int first = -1;
    for (unsigned i = q; i < end; i++)
      if (f[i].st == MEETS && f[i].lanes == 4) {
        first = (int)i;
        break;
      }
    if (first < 0) continue;
    uint32_t mask = 0, quad = 0;
    int absent = -1;
    for (unsigned i = q; i < end; i++) {
      quad |= 1u << i;
      if (same_place(f[i], f[first]))
        mask |= 1u << i;
      else
        absent = (int)i;
    }
    if (mask != quad && !allow_divergent) return diverged(f[first], mask, quad, f[absent], r, text, room);
    release(f, q, end - q, mask, mask == quad);
    released = true;
  }
  if (released) return RELEASED;
  int first = -1;
  for (unsigned i = 0; i < n; i++)
    if (f[i].st == MEETS || f[i].st == WAITS_SIMDGROUP) {
      first = (int)i;
      break;
    }
  if (first < 0) return BLOCKED;
  uint32_t mask = 0;
  int absent = -1;
  for (unsigned i = 0; i < n; i++)
    if (same_place(f[i], f[first]))
      mask |= 1u << i;
    else
      absent = (int)i;
  if (mask != present && !(allow_divergent && f[first].st == MEETS)) return diverged(f[first], mask, present, f[absent], r, text, room);
  release(f, 0, n, mask, mask == present);
  return RELEASED;
}

bool blocked(unsigned simdgroup) {
  for (unsigned i = 0; i < lanes_of(simdgroup); i++) {
    const state st = fibers[simdgroup * 32 + i].st;
    if (st != DONE && st != WAITS_THREADGROUP) return false;
  }
  return true;
}
// All threads wait at a threadgroup_barrier or have returned. Whether they may go on; done says whether all have returned.
bool pass_barrier(bool &done, reply &r, char *text, size_t room) {
  const fiber *first = nullptr, *absent = nullptr;
  for (unsigned i = 0; i < thread_count; i++)
    if (!first && fibers[i].st == WAITS_THREADGROUP) first = &fibers[i];
  done = !first;
  if (done) return true;
  unsigned there = 0;
  for (unsigned i = 0; i < thread_count; i++)
    if (same_place(fibers[i], *first))
      there++;
    else if (!absent)
      absent = &fibers[i];
  if (absent) {
    current = const_cast<fiber *>(first);
    r.kind = BAD_BARRIER;
    r.line = first->site->line;
    r.other_line = absent->st == DONE ? 0 : absent->site->line;
    set_fault_name(first->site->function);
    char other[200];
    where(other, sizeof other, *absent);
    snprintf(text, room, "%s in line %u was reached by %u of %u threads of the threadgroup; thread %u %s", first->site->function, first->site->line, there,
             thread_count, absent->index, other);
    return false;
  }
  for (unsigned i = 0; i < thread_count; i++) fibers[i].st = READY;
  return true;
}

bool run_threadgroup(const request &q, reply &r, char *text, size_t room) {
  const unsigned groups = (thread_count + 31) / 32;
  unsigned *list = (unsigned *)alloca(thread_count * sizeof *list), *order = (unsigned *)alloca(groups * sizeof *order);
  unsigned alone = groups; // the simdgroup that runs alone; groups: none yet
  arrange(order, groups, q.sequence);
  for (;;) {
    if (q.skew != EVEN && (alone == groups || blocked(alone))) {
      if (q.sequence == SHUFFLED) arrange(order, groups, q.sequence);
      alone = groups;
      for (unsigned i = 0; i < groups && alone == groups; i++) {
        const unsigned s = order[q.skew == FIRST ? i : groups - 1 - i];
        if (!blocked(s)) alone = s;
      }
    }
    arrange(list, thread_count, q.sequence);
    for (unsigned i = 0; i < thread_count; i++) {
      fiber &f = fibers[list[i]];
      if (f.st != READY || (q.skew != EVEN && f.index / 32 != alone)) continue;
      current = &f;
      msl_switch(&scheduler, f.sp);
    }
    bool released = false;
    for (unsigned s = 0; s < groups; s++) {
      if (q.skew != EVEN && s != alone) continue;
      const progress p = look(s, r, text, room);
      if (p == DIVERGED) return false;
      released |= p == RELEASED;
    }
    if (released) continue;
    bool all = true;
    for (unsigned s = 0; s < groups; s++) all = all && blocked(s);
    if (!all) continue;
    bool done;
    if (!pass_barrier(done, r, text, room)) return false;
    if (done) return true;
  }
}

void set(unsigned *v, unsigned x, unsigned y, unsigned z) { v[0] = x, v[1] = y, v[2] = z; }
} // namespace

extern "C" unsigned __msl_lane(void) { return current->index % 32; }
extern "C" int __msl_linear(void) { return linear_sums; }
extern "C" void __msl_wait(unsigned lanes, const __msl_site *site) { suspend(lanes == 32 ? WAITS_SIMDGROUP : WAITS_THREADGROUP, site); }
extern "C" const __msl_exchange *__msl_meet(const void *value, unsigned size, unsigned lanes, const __msl_site *site) {
  fiber *me = current;
  const unsigned lane = me->index % 32;
  meeting_place &m = places[me->index / 32][lanes == 32 ? 0 : 1 + lane / 4];
  memcpy(m.x[m.turn].in[lane], value, size);
  me->lanes = (uint8_t)lanes;
  suspend(MEETS, site);
  return me->got;
}

bool in_stack_guard(uintptr_t p) { return current && p < (uintptr_t)current->stack && p >= (uintptr_t)current->stack - (size_t)sysconf(_SC_PAGESIZE); }

void describe_thread(reply &r) {
  if (!current) return;
  r.has_thread = 1;
  memcpy(r.group, current->args.threadgroup_position_in_grid, sizeof r.group);
  memcpy(r.thread, current->args.thread_position_in_threadgroup, sizeof r.thread);
  r.simdgroup = current->index / 32;
  r.lane = current->index % 32;
}

bool run_dispatch(const request &q, reply &r, char *text, size_t room) {
  linear_sums = q.linear != 0;
  allow_divergent = q.allow_divergent_simd != 0;
  random_state = q.seed * 0x9e3779b97f4a7c15ull + 88172645463325252ull;
  if (!random_state) random_state = 1;
  const unsigned *t = q.threadgroup;
  unsigned g[3];
  for (int i = 0; i < 3; i++) g[i] = q.exact ? (unsigned)(((uint64_t)q.grid[i] + t[i] - 1) / t[i]) : q.grid[i];
  const uint64_t total = (uint64_t)g[0] * g[1] * g[2];
  // A shuffled order of more threadgroups than this would take more memory than the kernel.
  unsigned *list = nullptr;
  if (q.sequence == SHUFFLED && total <= 1u << 24) {
    list = (unsigned *)malloc(total * sizeof *list);
    arrange(list, (unsigned)total, q.sequence);
  }
  for (uint64_t k = 0; k < total; k++) {
    const uint64_t at = list ? list[k] : q.sequence == DOWN ? total - 1 - k : k;
    const unsigned p[3] = {(unsigned)(at % g[0]), (unsigned)(at / g[0] % g[1]), (unsigned)(at / g[0] / g[1])};
    unsigned size[3];
    for (int i = 0; i < 3; i++) {
      const uint64_t from = (uint64_t)p[i] * t[i];
      size[i] = q.exact && q.grid[i] - from < t[i] ? (unsigned)(q.grid[i] - from) : t[i];
    }
    const unsigned n = size[0] * size[1] * size[2], full = t[0] * t[1] * t[2];
    current = nullptr;
    make_fibers(n);
    reset_threadgroup_memory(q);
    for (unsigned i = 0; i < n; i++) {
      fiber &f = fibers[i];
      f.sp = new_stack(f.stack + STACK, run_thread);
      f.st = READY;
      f.index = i;
      f.site = nullptr;
      __msl_arguments &a = f.args;
      for (int j = 0; j < MAX_BUFFERS; j++) a.buffers[j] = address_of_buffer(j), a.memory[j] = address_of_memory(j);
      const unsigned x = i % size[0], y = i / size[0] % size[1], z = i / (size[0] * size[1]);
      set(a.thread_position_in_threadgroup, x, y, z);
      set(a.threadgroup_position_in_grid, p[0], p[1], p[2]);
      set(a.thread_position_in_grid, p[0] * t[0] + x, p[1] * t[1] + y, p[2] * t[2] + z);
      set(a.threads_per_threadgroup, size[0], size[1], size[2]);
      set(a.dispatch_threads_per_threadgroup, t[0], t[1], t[2]);
      set(a.threadgroups_per_grid, g[0], g[1], g[2]);
      if (q.exact)
        set(a.threads_per_grid, q.grid[0], q.grid[1], q.grid[2]);
      else
        set(a.threads_per_grid, g[0] * t[0], g[1] * t[1], g[2] * t[2]);
      set(a.grid_origin, 0, 0, 0);
      set(a.thread_index_in_threadgroup, i, 0, 0);
      set(a.thread_index_in_simdgroup, i % 32, 0, 0);
      set(a.simdgroup_index_in_threadgroup, i / 32, 0, 0);
      set(a.thread_index_in_quadgroup, i % 4, 0, 0);
      set(a.quadgroup_index_in_threadgroup, i / 4, 0, 0);
      set(a.simdgroups_per_threadgroup, (n + 31) / 32, 0, 0);
      set(a.quadgroups_per_threadgroup, (n + 3) / 4, 0, 0);
      set(a.dispatch_simdgroups_per_threadgroup, (full + 31) / 32, 0, 0);
      set(a.dispatch_quadgroups_per_threadgroup, (full + 3) / 4, 0, 0);
      set(a.threads_per_simdgroup, 32, 0, 0);
    }
    for (unsigned s = 0; s < (n + 31) / 32; s++)
      for (auto &m : places[s]) m.turn = 0;
    if (!run_threadgroup(q, r, text, room)) return false;
    current = &fibers[0];
    if (!canaries(r, text, room)) {
      r.kind = BAD_CANARY;
      return false;
    }
  }
  free(list);
  current = nullptr;
  return true;
}
