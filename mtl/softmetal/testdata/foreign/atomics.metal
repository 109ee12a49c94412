#include <metal_stdlib>
using namespace metal;
kernel void histogram(device const uint *x [[buffer(0)]], device atomic_uint *bins [[buffer(1)]], device atomic_int *largest [[buffer(2)]],
                      uint i [[thread_position_in_grid]]) {
    atomic_fetch_add_explicit(&bins[x[i] % 4], 1u, memory_order_relaxed);
    atomic_fetch_max_explicit(largest, int(x[i]), memory_order_relaxed);
}
