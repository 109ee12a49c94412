// How a kernel gets its arguments. Comes before the translated text.
#pragma once
#include <metal_types>
namespace __msl {
struct buffer_argument {
  void *address;
  template <class T> __MSL_DEVICE operator T *() const { return (T *)address; }
  template <class T> __MSL_DEVICE operator T &() const { return *(T *)address; }
};
struct position_argument {
  unsigned v[3];
  template <class T> __MSL_DEVICE operator T() const { return make((T *)nullptr); }
  template <class T> __MSL_DEVICE T make(T *) const { return (T)v[0]; }
  template <class T> __MSL_DEVICE metal::vec<T, 2> make(metal::vec<T, 2> *) const { return metal::vec<T, 2>((T)v[0], (T)v[1]); }
  template <class T> __MSL_DEVICE metal::vec<T, 3> make(metal::vec<T, 3> *) const { return metal::vec<T, 3>((T)v[0], (T)v[1], (T)v[2]); }
};
#define __MSL_XYZ(e) {e(x), e(y), e(z)}
#define __MSL_IN_GRID(c) (__MSL_GROUP(c) * __MSL_THREADS(c) + __MSL_THREAD(c))
#define __MSL_GRID(c) (__MSL_GROUPS(c) * __MSL_THREADS(c))
#define __MSL_thread_position_in_grid __MSL_XYZ(__MSL_IN_GRID)
#define __MSL_thread_position_in_threadgroup __MSL_XYZ(__MSL_THREAD)
#define __MSL_threadgroup_position_in_grid __MSL_XYZ(__MSL_GROUP)
#define __MSL_threads_per_threadgroup __MSL_XYZ(__MSL_THREADS)
#define __MSL_dispatch_threads_per_threadgroup __MSL_XYZ(__MSL_THREADS)
#define __MSL_threadgroups_per_grid __MSL_XYZ(__MSL_GROUPS)
#define __MSL_threads_per_grid __MSL_XYZ(__MSL_GRID)
#define __MSL_grid_origin {0, 0, 0}
#define __MSL_thread_index_in_threadgroup {__msl::thread_index()}
#define __MSL_thread_index_in_simdgroup {__msl::lane()}
#define __MSL_simdgroup_index_in_threadgroup {__msl::thread_index() / 32}
#define __MSL_simdgroups_per_threadgroup {(__msl::thread_count() + 31) / 32}
#define __MSL_dispatch_simdgroups_per_threadgroup __MSL_simdgroups_per_threadgroup
#define __MSL_threads_per_simdgroup {32}

// With __MSL_POISON__, threadgroup memory is NaN before a kernel writes it: what it holds there is undefined in Metal.
#ifdef __MSL_POISON__
__MSL_DEVICE void poison(void *p, unsigned bytes) {
  for (unsigned i = thread_index(); i < bytes; i += thread_count()) ((unsigned char *)p)[i] = 0xff;
  threadgroup_wait();
}
__MSL_DEVICE unsigned dynamic_bytes() {
  unsigned n;
  asm("mov.u32 %0, %%dynamic_smem_size;" : "=r"(n));
  return n;
}
#define __MSL_FILL(p, bytes) __msl::poison((void *)(p), bytes)
#else
#define __MSL_FILL(p, bytes) (void)0
#endif
} // namespace __msl
