// flash_attn_vec_dk{64,128,256,512}: decode attention of one query token over a
// cache of halves, which flash_attn_vec_tq is measured against: the same text, but
// that elements are loaded as halves and the GPU converts them. So there are no
// norms, no rotation and no look-ups.
//
//   q, output  float32 [head][D]
//   k, v       half [kv_head][kv_capacity][D]
//   tmp        as of flash_attn_vec_tq; one split writes output instead
//
// Specialised for 16 bits of K and V. Where a GPU has no half below 2^-14, such
// elements count as zero; flash_attn_vec_tq at 16 bits keeps them.
#include <metal_stdlib>
using namespace metal;
#include "flash_attn_vec_attend.metal"

struct Halves {
    template <short N> static inline void decode(uint, thread const uint *words, threadgroup const float *, thread float (&x)[N]) {
        UNROLL for (short i = 0; i < N / 2; i++) {
            const float2 pair = float2(as_type<half2>(words[i]));
            x[2 * i] = pair.x;
            x[2 * i + 1] = pair.y;
        }
    }
};

template <short D>
[[max_total_threads_per_threadgroup(SIMDGROUPS * 32)]] kernel void flash_attn_vec(
    constant TqAttention &p [[buffer(0)]],
    device const float *q [[buffer(1)]],
    device const half *k [[buffer(2)]],
    device const half *v [[buffer(4)]],
    device float *tmp [[buffer(6)]],
    device float *output [[buffer(7)]],
    uint3 group [[threadgroup_position_in_grid]],
    ushort simdgroup [[simdgroup_index_in_threadgroup]],
    ushort lane [[thread_index_in_simdgroup]])
{
    threadgroup Shared<D> shared;
    const Results results = results_of<D>(p, tmp, output, group.xy, heads_per_group);
    const Rows rows = rows_of<D>(p, (device const uchar *)k, (device const uchar *)v, results.head);
    attend_for_group<Halves, D, true>(p, q, rows, results, shared, simdgroup, lane);
}

typedef decltype(flash_attn_vec<64>) attention_kernel;  // the same type for every D
template [[host_name("flash_attn_vec_dk64")]] kernel attention_kernel flash_attn_vec<64>;
template [[host_name("flash_attn_vec_dk128")]] kernel attention_kernel flash_attn_vec<128>;
template [[host_name("flash_attn_vec_dk256")]] kernel attention_kernel flash_attn_vec<256>;
template [[host_name("flash_attn_vec_dk512")]] kernel attention_kernel flash_attn_vec<512>;
