// flash_attn_vec_reduce_dk{64,128,256,512}: combines the splits of an attention
// kernel into its output, where there are several.
//
//   tmp     float32 [head][split][D] sums of weighted values, rotated and not
//           divided, then [head][split][2] sum of weights, maximum
//   output  float32 [head][D], original basis
//
// Grid: one simdgroup a head. A lane has one split for the weights (there are at
// most 32), then D/32 neighbouring elements.
#include <metal_stdlib>
using namespace metal;
#include "tq_attention.metal"

template <short D>
kernel void flash_attn_vec_reduce(
    constant TqAttention &p [[buffer(0)]],
    device const float *tmp [[buffer(1)]],
    device float *output [[buffer(2)]],
    uint3 group [[threadgroup_position_in_grid]],
    ushort lane [[thread_index_in_simdgroup]])
{
    constexpr short N = D / 32;
    const ulong slot = ulong(group.x) * p.splits;
    device const float2 *states = (device const float2 *)(tmp + ulong(p.num_heads) * p.splits * D) + slot;
    const float2 state = lane < p.splits ? states[lane] : float2(0.0f, LOWEST);
    const float factor = exp2(state.y - simd_max(state.y)), weight = simd_sum(state.x * factor);
    float x[N];
    UNROLL for (short i = 0; i < N; i++) x[i] = 0.0f;
    for (uint s = 0; s < p.splits; s++) {
        const float c = simd_broadcast(factor, ushort(s));
        float part[N];
        load_row<N>(tmp + (slot + s) * D, lane, part);
        UNROLL for (short i = 0; i < N; i++) x[i] = fma(c, part[i], x[i]);
    }
    finish<D>(x, weight, output + ulong(group.x) * D, lane);
}

typedef decltype(flash_attn_vec_reduce<64>) reduce_kernel;
template [[host_name("flash_attn_vec_reduce_dk64")]] kernel reduce_kernel flash_attn_vec_reduce<64>;
template [[host_name("flash_attn_vec_reduce_dk128")]] kernel reduce_kernel flash_attn_vec_reduce<128>;
template [[host_name("flash_attn_vec_reduce_dk256")]] kernel reduce_kernel flash_attn_vec_reduce<256>;
template [[host_name("flash_attn_vec_reduce_dk512")]] kernel reduce_kernel flash_attn_vec_reduce<512>;
