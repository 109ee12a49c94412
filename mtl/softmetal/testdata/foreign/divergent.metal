#include <metal_stdlib>
using namespace metal;
kernel void half_of_them(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    threadgroup float s[64];
    s[i] = x[i];
    if (i < 40) {
        threadgroup_barrier(mem_flags::mem_threadgroup);
        x[i] = s[39 - i];
    }
}
