#include <metal_stdlib>
using namespace metal;
constant uint power [[function_constant(0)]];
constant bool negate [[function_constant(1)]];
kernel void raise(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    float v = 1;
    for (uint p = 0; p < power; p++) v *= x[i];
    x[i] = negate ? -v : v;
}
