// tq_dequantize_kv_dk{64,128,256,512}: decode rows of K and V of a cache.
//
// Arguments and grid are those of tq_quantize_kv, with k and v written and the
// cache read: only the rows from position to position + num_tokens. The result
// has the bits of the format's description.
#include <metal_stdlib>
using namespace metal;
#include "tq_format.metal"

template <short D> inline void decode4(thread const uint *words, float norm, thread float *y) {
    const float scale = norm * one_over_root<D>();
    UNROLL for (short i = 0; i < D / 32; i++) y[i] = LEVELS[(words[i / 8] >> (4 * (i % 8))) & 15u] * scale;
}

template <short D> inline void decode8(thread const uint *words, float step, thread float *y) {
    UNROLL for (short i = 0; i < D / 32; i++) y[i] = float(as_type<char>(uchar(words[i / 4] >> (8 * (i % 4))))) * step;
}

template <short D> inline void decode16(thread const uint *words, thread float *x) {
    UNROLL for (short i = 0; i < D / 32; i++) x[i] = from_half_bits(ushort(words[i / 2] >> (16 * (i % 2))));
}

template <short D>
kernel void tq_dequantize_kv(
    constant TqRows &p [[buffer(0)]],
    device float *k [[buffer(1)]],
    device float *v [[buffer(2)]],
    device const uchar *k_packed [[buffer(3)]],
    device const uchar *k_norms [[buffer(4), function_constant(has_key_norms)]],
    device const uchar *v_packed [[buffer(5)]],
    device const uchar *v_norms [[buffer(6), function_constant(has_value_norms)]],
    uint3 group [[threadgroup_position_in_grid]],
    ushort simdgroup [[simdgroup_index_in_threadgroup]],
    ushort simdgroups [[simdgroups_per_threadgroup]],
    ushort lane [[thread_index_in_simdgroup]])
{
    constexpr short N = D / 32;
    const uint token = group.x * simdgroups + simdgroup, head = group.y;
    if (token >= p.num_tokens) return;  // a whole simdgroup at once
    const bool is_key = group.z == 0;
    const ulong row = ulong(head) * p.kv_capacity + p.position + token;
    const uint bits = is_key ? key_bits : value_bits;
    device const uchar *packed = (is_key ? k_packed : v_packed) + row * (D / 8 * bits);
    float norm = 0.0f;
    if (is_key && has_key_norms) norm = read_norm(k_norms, row);
    if (!is_key && has_value_norms) norm = read_norm(v_norms, row);

    float x[N];
    uint words[MAX_WORDS];
    if (bits == 16) {
        load_packed<2 * N>(packed + lane * 2 * N, words);
        decode16<D>(words, x);
    } else if (bits == 8) {
        load_packed<N>(packed + lane * N, words);
        decode8<D>(words, norm, x);
        unrotate<D>(x, lane);
    } else {
        load_packed<N / 2>(packed + lane * (N / 2), words);
        decode4<D>(words, norm, x);
        unrotate<D>(x, lane);
    }
    store_row<N>((is_key ? k : v) + (ulong(head) * p.num_tokens + token) * D, lane, x);
}

typedef decltype(tq_dequantize_kv<64>) dequantize_kv;  // the same type for every D
template [[host_name("tq_dequantize_kv_dk64")]] kernel dequantize_kv tq_dequantize_kv<64>;
template [[host_name("tq_dequantize_kv_dk128")]] kernel dequantize_kv tq_dequantize_kv<128>;
template [[host_name("tq_dequantize_kv_dk256")]] kernel dequantize_kv tq_dequantize_kv<256>;
template [[host_name("tq_dequantize_kv_dk512")]] kernel dequantize_kv tq_dequantize_kv<512>;
