#include <metal_stdlib>
using namespace metal;
kernel void fill(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = float(i) + 1; }
kernel void twice(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { y[i] = 2 * x[i]; }
