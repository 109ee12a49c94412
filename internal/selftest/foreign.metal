// Kernels of the kinds that programs other than this module's have, each for one
// promise of the Metal Shading Language.
#include <metal_stdlib>
using namespace metal;

// The one of the README.
kernel void saxpy(constant float &a [[buffer(0)]], device const float *x [[buffer(1)]],
                  device float *y [[buffer(2)]], uint i [[thread_position_in_grid]]) {
    y[i] += a * x[i];
}

// A reduction: lanes by simd_sum, simdgroups through threadgroup memory.
kernel void dot_product(device const float *x [[buffer(0)]], device const float *y [[buffer(1)]], device float *out [[buffer(2)]],
                        constant uint &n [[buffer(3)]], uint t [[thread_index_in_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                        uint simdgroup [[simdgroup_index_in_threadgroup]], uint simdgroups [[simdgroups_per_threadgroup]],
                        uint threads [[threads_per_threadgroup]]) {
    threadgroup float partial[32];
    float sum = 0;
    for (uint i = t; i < n; i += threads) sum += x[i] * y[i];
    sum = simd_sum(sum);
    if (lane == 0) partial[simdgroup] = sum;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (simdgroup == 0) {
        sum = simd_sum(lane < simdgroups ? partial[lane] : 0.0f);
        if (lane == 0) *out = sum;
    }
}

// Atomic adds, of threads that meet at few places.
kernel void histogram(device const uint *values [[buffer(0)]], device atomic_uint *counts [[buffer(1)]],
                      uint i [[thread_position_in_grid]]) {
    atomic_fetch_add_explicit(&counts[values[i] % 7u], 1u, memory_order_relaxed);
}

// Function constants of three types, one of them by name, and one that is left
// out.
constant uint factor [[function_constant(0)]];
constant bool negate [[function_constant(1)]];
constant float offset [[function_constant(2)]];
constant uint absent [[function_constant(3)]];
constant uint last = is_function_constant_defined(absent) ? 1000 : 3;

kernel void specialised(device float *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    const float x = float(i * factor + last) + offset;
    out[i] = negate ? -x : x;
}

// Threadgroup memory whose length the host gives, and positions in two dimensions
// of a grid that threadgroups do not divide.
kernel void transpose(device const float *in [[buffer(0)]], device float *out [[buffer(1)]], constant uint2 &size [[buffer(2)]],
                      threadgroup float *tile [[threadgroup(0)]], uint2 at [[thread_position_in_grid]],
                      uint2 t [[thread_position_in_threadgroup]], uint2 group [[threads_per_threadgroup]]) {
    tile[t.y * group.x + t.x] = in[at.y * size.x + at.x];
    threadgroup_barrier(mem_flags::mem_threadgroup);
    out[at.x * size.y + at.y] = tile[t.y * group.x + t.x];
}

// What lanes of a simdgroup say to each other.
kernel void lanes(device uint *out [[buffer(0)]], uint t [[thread_position_in_grid]], uint lane [[thread_index_in_simdgroup]]) {
    uint x = simd_shuffle_xor(lane, 5) * 1000;
    x += simd_prefix_exclusive_sum(lane);
    x += simd_max(lane) * 100000;
    out[t] = x;
}

// Integers narrower than a register, and halves.
kernel void narrow(device const char *a [[buffer(0)]], device const uchar *b [[buffer(1)]], device half *h [[buffer(2)]],
                   uint i [[thread_position_in_grid]]) {
    h[i] = half(float(a[i]) * 0.5f + float(b[i] >> 4) - float(b[i] & 15));
}
