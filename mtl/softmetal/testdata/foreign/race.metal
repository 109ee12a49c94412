#include <metal_stdlib>
using namespace metal;
kernel void neighbour(device uint *out [[buffer(0)]], uint t [[thread_index_in_threadgroup]]) {
    threadgroup uint s[64];
    s[t] = t;
    out[t] = s[(t + 33) % 64];  // no barrier: written by the other simdgroup, or not yet
}
