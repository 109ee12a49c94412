// The few things of the processor that the headers are built on, by nvcc's names and, for a check of the text without a
// CUDA toolkit, by clang's.
#pragma once
#ifdef __NVCC__
#define __MSL_DEVICE __device__ __forceinline__
#define __MSL_SHARED __shared__
#define __MSL_GRID_CONSTANT __grid_constant__
#define __MSL_LIBRARY(f) ::f
#define __MSL_THREAD(c) threadIdx.c
#define __MSL_GROUP(c) blockIdx.c
#define __MSL_THREADS(c) blockDim.c
#define __MSL_GROUPS(c) gridDim.c
namespace __msl {
__MSL_DEVICE int shuffle(int v, unsigned lane) { return __shfl_sync(0xffffffffu, v, (int)lane); }
__MSL_DEVICE int shuffle_xor(int v, unsigned mask) { return __shfl_xor_sync(0xffffffffu, v, (int)mask); }
__MSL_DEVICE int shuffle_down(int v, unsigned delta) { return __shfl_down_sync(0xffffffffu, v, delta); }
__MSL_DEVICE int shuffle_up(int v, unsigned delta) { return __shfl_up_sync(0xffffffffu, v, delta); }
__MSL_DEVICE unsigned ballot(bool b) { return __ballot_sync(0xffffffffu, b); }
__MSL_DEVICE void threadgroup_wait() { __syncthreads(); }
__MSL_DEVICE void simdgroup_wait() { __syncwarp(); }
} // namespace __msl
#else
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __MSL_DEVICE __attribute__((device)) inline __attribute__((always_inline))
#define __MSL_SHARED __attribute__((shared))
#define __MSL_GRID_CONSTANT
#define __launch_bounds__(n) __attribute__((launch_bounds(n)))
#define __align__(n) __attribute__((aligned(n)))
#define __MSL_LIBRARY(f) ::__nv_##f
#define __MSL_THREAD(c) ((unsigned)__nvvm_read_ptx_sreg_tid_##c())
#define __MSL_GROUP(c) ((unsigned)__nvvm_read_ptx_sreg_ctaid_##c())
#define __MSL_THREADS(c) ((unsigned)__nvvm_read_ptx_sreg_ntid_##c())
#define __MSL_GROUPS(c) ((unsigned)__nvvm_read_ptx_sreg_nctaid_##c())
extern "C" {
#define __MSL_DECLARE_1(f) __device__ float __nv_##f(float);
#define __MSL_DECLARE_2(f) __device__ float __nv_##f(float, float);
__MSL_DECLARE_1(acosf)
__MSL_DECLARE_1(acoshf)
__MSL_DECLARE_1(asinf)
__MSL_DECLARE_1(asinhf)
__MSL_DECLARE_1(atanf)
__MSL_DECLARE_1(atanhf)
__MSL_DECLARE_1(ceilf)
__MSL_DECLARE_1(cosf)
__MSL_DECLARE_1(coshf)
__MSL_DECLARE_1(expf)
__MSL_DECLARE_1(exp2f)
__MSL_DECLARE_1(exp10f)
__MSL_DECLARE_1(fabsf)
__MSL_DECLARE_1(floorf)
__MSL_DECLARE_1(logf)
__MSL_DECLARE_1(log2f)
__MSL_DECLARE_1(log10f)
__MSL_DECLARE_1(rintf)
__MSL_DECLARE_1(roundf)
__MSL_DECLARE_1(sinf)
__MSL_DECLARE_1(sinhf)
__MSL_DECLARE_1(sqrtf)
__MSL_DECLARE_1(tanf)
__MSL_DECLARE_1(tanhf)
__MSL_DECLARE_1(truncf)
__MSL_DECLARE_2(atan2f)
__MSL_DECLARE_2(copysignf)
__MSL_DECLARE_2(fmodf)
__MSL_DECLARE_2(powf)
__device__ float __nv_fmaf(float, float, float);
}
__MSL_DEVICE void __syncwarp(unsigned mask = 0xffffffffu) { __nvvm_bar_warp_sync(mask); }
namespace __msl {
__MSL_DEVICE int shuffle(int v, unsigned lane) { return __nvvm_shfl_sync_idx_i32(0xffffffffu, v, (int)lane, 31); }
__MSL_DEVICE int shuffle_xor(int v, unsigned mask) { return __nvvm_shfl_sync_bfly_i32(0xffffffffu, v, (int)mask, 31); }
__MSL_DEVICE int shuffle_down(int v, unsigned delta) { return __nvvm_shfl_sync_down_i32(0xffffffffu, v, (int)delta, 31); }
__MSL_DEVICE int shuffle_up(int v, unsigned delta) { return __nvvm_shfl_sync_up_i32(0xffffffffu, v, (int)delta, 0); }
__MSL_DEVICE unsigned ballot(bool b) { return __nvvm_vote_ballot_sync(0xffffffffu, b); }
__MSL_DEVICE void threadgroup_wait() { __syncthreads(); }
__MSL_DEVICE void simdgroup_wait() { __syncwarp(); }
} // namespace __msl
#endif

namespace __msl {
// Threads are numbered along x, then y, then z, as in Metal; 32 in a row are a simdgroup.
__MSL_DEVICE unsigned thread_index() { return __MSL_THREAD(x) + __MSL_THREADS(x) * (__MSL_THREAD(y) + __MSL_THREADS(y) * __MSL_THREAD(z)); }
__MSL_DEVICE unsigned thread_count() { return __MSL_THREADS(x) * __MSL_THREADS(y) * __MSL_THREADS(z); }
__MSL_DEVICE unsigned lane() { return thread_index() & 31; }
} // namespace __msl
