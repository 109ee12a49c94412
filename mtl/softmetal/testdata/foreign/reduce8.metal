#include <metal_stdlib>
using namespace metal;
kernel void total(device const int *x [[buffer(0)]], device int *out [[buffer(1)]],
                  uint t [[thread_index_in_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                  uint sg [[simdgroup_index_in_threadgroup]], uint simdgroups [[simdgroups_per_threadgroup]]) {
    threadgroup int partial[8];
    int v = simd_sum(x[t]);
    if (simd_is_first()) partial[sg] = v;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (sg == 0) {
        v = simd_sum(lane < simdgroups ? partial[lane] : 0);
        if (lane == 0) *out = v;
    }
}
