#include <metal_stdlib>
using namespace metal;
kernel void index_squared(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]], uint n [[threads_per_grid]],
                          uint group [[threads_per_threadgroup]]) {
    out[i] = i < n && group <= 96 ? i * i : 0xffffffff;
}
