// flash_attn_vec_tq_dk{64,128,256,512}: decode attention of one query token over
// a packed cache, in the rotated basis.
//
//   q, output          float32 [head][D], original basis
//   k_packed, k_norms  the cache, as tq_quantize_kv writes it; v_packed, v_norms
//   tmp                float32 [head][split][D] sums of weighted values, rotated and
//                      not divided, then [head][split][2] sum of weights, maximum:
//                      for flash_attn_vec_reduce. One split writes output instead
//
// How it works is in flash_attn_vec_attend.metal.
#include <metal_stdlib>
using namespace metal;
#include "flash_attn_vec_attend.metal"

struct Packed {
    template <short N> static inline void decode(uint bits, thread const uint *words, threadgroup const float *levels, thread float (&x)[N]) {
        unpack<N>(bits, words, levels, x);
    }
};

template <short D>
[[max_total_threads_per_threadgroup(SIMDGROUPS * 32)]] kernel void flash_attn_vec_tq(
    constant TqAttention &p [[buffer(0)]],
    device const float *q [[buffer(1)]],
    device const uchar *k_packed [[buffer(2)]],
    device const uchar *k_norms [[buffer(3), function_constant(has_key_norms)]],
    device const uchar *v_packed [[buffer(4)]],
    device const uchar *v_norms [[buffer(5), function_constant(has_value_norms)]],
    device float *tmp [[buffer(6)]],
    device float *output [[buffer(7)]],
    uint3 group [[threadgroup_position_in_grid]],
    ushort simdgroup [[simdgroup_index_in_threadgroup]],
    ushort lane [[thread_index_in_simdgroup]])
{
    threadgroup Shared<D> shared;
    const Results results = results_of<D>(p, tmp, output, group.xy, heads_per_group);
    Rows rows = rows_of<D>(p, k_packed, v_packed, results.head);
    if (has_key_norms) rows.k_norms = k_norms;
    if (has_value_norms) rows.v_norms = v_norms;
    if (key_bits + value_bits > 8) attend_for_group<Packed, D, true>(p, q, rows, results, shared, simdgroup, lane);
    else attend_for_group<Packed, D, false>(p, q, rows, results, shared, simdgroup, lane);
}

typedef decltype(flash_attn_vec_tq<64>) attention_kernel;  // the same type for every D
template [[host_name("flash_attn_vec_tq_dk64")]] kernel attention_kernel flash_attn_vec_tq<64>;
template [[host_name("flash_attn_vec_tq_dk128")]] kernel attention_kernel flash_attn_vec_tq<128>;
template [[host_name("flash_attn_vec_tq_dk256")]] kernel attention_kernel flash_attn_vec_tq<256>;
template [[host_name("flash_attn_vec_tq_dk512")]] kernel attention_kernel flash_attn_vec_tq<512>;
