// flash_attn_vec_tq_dk{64,128,256,512}: decode attention of one query token over
// a cache, in the rotated basis; and flash_attn_vec_reduce_dk{...}, which combines
// its splits and undoes the rotation.
//
//   q, output          float32 [head][D], original basis
//   k_packed, k_norms  the cache, as tq_quantize_kv writes it; v_packed, v_norms
//   tmp                float32 [head][split][D] sums of weighted values, rotated and
//                      not divided, then [head][split][2] sum of weights, maximum;
//                      not used by one split, which writes output itself
//
// Work. Grid of the first kernel: (splits, KV heads times the threadgroups that a
// group needs), NRS simdgroups a threadgroup. A threadgroup has H query heads of
// one KV head, so each row of K and V is loaded and decoded once for H heads; where
// the group has no more, the last ones idle. Each of its simdgroups has a slice of
// the split's positions of its own, and they are merged at the end. In a
// simdgroup NE positions lie side by side, L = 32/NE lanes each; a lane has the
// same HD = D/L elements of each row, of q and of the sums, in registers.
//
// A block is RB times NE positions, at most 32 scores. Each lane computes its part
// of the dot products for RB rows and H heads; a butterfly that halves the
// registers at each step leaves each lane with one whole score, where a simd_sum a
// score would cost more than the products. So one exp2 is 32 weights.
//
// Scores are in units of log2: log2(e) is folded into q, with the scale. The
// norms are folded into score and weight, so that decoding an element is a
// look-up in 16 floats of threadgroup memory.
#include <metal_stdlib>
using namespace metal;
#include "tq_attention.metal"

// How many heads share the decoding of a row: 1, 2 or 4.
constant uint heads_per_group [[function_constant(5)]];

#define NRS 4                // simdgroups a threadgroup, each with positions of its own
#define MAX_H 4

template <short D> constexpr short lanes_of() { return D >= 256 ? 32 : D / 8; }

// RB rows of a block: row r is `stride` rows after row r-1. HD/2 words a row are
// room for 16 bits.
template <short HD, short RB> inline void load_block(uint bits, device const uchar *first, uint row_bytes, uint stride, ushort t, thread uint *words) {
    UNROLL for (short r = 0; r < RB; r++) {
        device const uchar *row = first + r * stride * row_bytes;
        if (bits == 4) load_packed<HD / 2>(row + t * (HD / 2), words + r * (HD / 2));
        else if (bits == 8) load_packed<HD>(row + t * HD, words + r * (HD / 2));
        else load_packed<2 * HD>(row + t * 2 * HD, words + r * (HD / 2));
    }
}

// --- Reductions over lanes ----------------------------------------------------

// Adds N registers over a lane bit, to N/2 registers. Register j of a lane holds
// item j ^ f(lane), so every lane keeps its lower registers, and nothing has to be
// selected.
template <short N, short OFFSET, short BIT> inline void fold(thread float *x) {
    if (OFFSET < N) {
        UNROLL for (short j = 0; j < OFFSET; j++) x[j % N] += simd_shuffle_xor(x[(j + OFFSET) % N], ushort(BIT));
    }
}

// The same where register j is item j in all lanes: the upper half of them keeps
// the upper registers.
template <short N, short OFFSET, short BIT> inline void fold_selected(thread float *x, ushort lane) {
    if (OFFSET < N) {
        const bool upper = lane & BIT;
        UNROLL for (short j = 0; j < OFFSET; j++) {
            const float keep = upper ? x[(j + OFFSET) % N] : x[j % N], give = upper ? x[j % N] : x[(j + OFFSET) % N];
            x[j % N] = keep + simd_shuffle_xor(give, ushort(BIT));
        }
    }
}

// Sum and maximum over the lanes that differ in bits FROM to TO, TO not included.
template <short FROM, short TO> inline float add_lanes(float x) {
    UNROLL for (short bit = 16; bit > 0; bit /= 2) if (bit >= FROM && bit < TO) x += simd_shuffle_xor(x, ushort(bit));
    return x;
}
template <short FROM, short TO> inline float max_lanes(float x) {
    UNROLL for (short bit = 16; bit > 0; bit /= 2) if (bit >= FROM && bit < TO) x = max(x, simd_shuffle_xor(x, ushort(bit)));
    return x;
}

// --- A block ------------------------------------------------------------------

// The dot products of RB rows with H heads: this lane's is that of row and head
// as attend says. q's registers are permuted as fold wants.
template <short HD, short H, short RB, short LH>
inline float scores_of(thread const uint *words, thread const float *q, threadgroup const float *levels, ushort lane) {
    constexpr short LR = LH / RB;
    float x[RB];
    UNROLL for (short r = 0; r < RB; r++) {
        float k[HD], dot[H];
        unpack<HD>(key_bits, words + r * (HD / 2), levels, k);
        UNROLL for (short j = 0; j < H; j++) {
            dot[j] = k[0] * q[j * HD];
            UNROLL for (short i = 1; i < HD; i++) dot[j] = fma(k[i], q[j * HD + i], dot[j]);
        }
        fold<H, 2, 2 * LH>(dot);
        fold<H, 1, LH>(dot);
        x[r] = dot[0];
    }
    fold_selected<RB, 4, 4 * LR>(x, lane);
    fold_selected<RB, 2, 2 * LR>(x, lane);
    fold_selected<RB, 1, LR>(x, lane);
    return add_lanes<1, LR>(x[0]);
}

// sums += weight * value for RB rows; weights are [row][head].
template <short HD, short H, short RB>
inline void add_values(thread const uint *words, threadgroup const float *weights, threadgroup const float *levels, thread float *sums) {
    UNROLL for (short r = 0; r < RB; r++) {
        float v[HD];
        unpack<HD>(value_bits, words + r * (HD / 2), levels, v);
        UNROLL for (short j = 0; j < H; j++) {
            const float w = weights[r * H + j];
            UNROLL for (short i = 0; i < HD; i++) sums[j * HD + i] = fma(v[i], w, sums[j * HD + i]);
        }
    }
}

// Merges the simdgroups' sums of head J and writes them: to tmp, or, if there are
// no other splits, what becomes of them to the output. J is a template parameter:
// an index into sums that is not a constant would send it to memory.
template <short D, short HD, short H, short J>
inline void merge(thread const float *sums, bool writes, uint element, threadgroup float *room, threadgroup const float2 *states,
                  Results results, ushort simdgroup, ushort lane) {
    if (uint(J) >= results.count) return;  // an idle head, for the whole threadgroup
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (writes) {
        UNROLL for (short i = 0; i < HD; i++) room[simdgroup * D + element + i] = sums[(J % H) * HD + i];
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);
    float largest = LOWEST, weight = 0.0f, factors[NRS];
    UNROLL for (short s = 0; s < NRS; s++) largest = max(largest, states[s * H + J].y);
    UNROLL for (short s = 0; s < NRS; s++) {
        factors[s] = exp2(states[s * H + J].y - largest);
        weight = fma(states[s * H + J].x, factors[s], weight);
    }
    if (results.splits == 1) {
        // The rotation wants the row in one simdgroup: another one a head.
        if (simdgroup != J % NRS) return;
        float x[D / 32];
        UNROLL for (short i = 0; i < D / 32; i++) {
            x[i] = 0.0f;
            UNROLL for (short s = 0; s < NRS; s++) x[i] = fma(room[s * D + lane * (D / 32) + i], factors[s], x[i]);
        }
        finish<D>(x, weight, results.output + ulong(results.head + J) * D, lane);
        return;
    }
    const ulong slot = ulong(results.head + J) * results.splits + results.split;
    for (ushort i = simdgroup * 32 + lane; i < D; i += NRS * 32) {
        float sum = 0.0f;
        UNROLL for (short s = 0; s < NRS; s++) sum = fma(room[s * D + i], factors[s], sum);
        results.tmp[slot * D + i] = sum;
        if (i == 0) results.states[slot] = float2(weight, largest);
    }
}

template <short D, short H>
inline void attend(constant TqAttention &p, device const float *q_rows, Rows rows, Results results,
                   threadgroup float *levels, threadgroup float *all_weights, threadgroup float *room, threadgroup float2 *states,
                   ushort simdgroup, ushort lane) {
    constexpr short L = lanes_of<D>(), NE = 32 / L, HD = D / L, LH = L / H;
    constexpr short RB = LH < (HD == 16 ? 4 : 8) ? LH : (HD == 16 ? 4 : 8), LR = LH / RB, P = RB * NE;
    const uint n = p.kv_seq_len;
    if (simdgroup == 0 && lane < 16) levels[lane] = LEVELS[lane];

    // Each head's q is rotated once a threadgroup, by one simdgroup. A head past
    // the group's last repeats it.
    const float q_scale = p.scale * LOG2_E * (key_bits == 4 ? one_over_root<D>() : 1.0f);
    for (ushort h = simdgroup; h < H; h += NRS) {
        float x[D / 32];
        load_row<D / 32>(q_rows + ulong(results.head + min(uint(h), results.count - 1)) * D, lane, x);
        if (key_bits != 16) rotate<D>(x, lane);
        UNROLL for (short i = 0; i < D / 32; i++) room[h * D + lane * (D / 32) + i] = x[i] * q_scale;
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);

    // Lane t of position e ends each block with the score of head h_own and row
    // r_own of its position's RB.
    const ushort t = lane % L, e = lane / L, h_own = t / LH, r_own = (t % LH) / LR;
    float q[H * HD], sums[H * HD];
    UNROLL for (short j = 0; j < H; j++) {
        UNROLL for (short i = 0; i < HD; i++) {
            q[j * HD + i] = room[(j ^ h_own) * D + t * HD + i];
            sums[j * HD + i] = 0.0f;
        }
    }

    // Of the visible positions this simdgroup has those from lo to hi: whole
    // blocks, divided evenly over all splits and their simdgroups.
    const uint first = p.mask == 2 && p.sliding_window < n ? n - p.sliding_window : 0;
    const uint blocks = (n - first - 1) / P + 1, parts = p.splits * NRS, part = results.split * NRS + simdgroup;
    const uint each = blocks / parts, more = blocks % parts;
    const uint begin = part * each + min(part, more), end = begin + each + (part < more ? 1 : 0);
    uint lo = first + begin * P;
    uint hi = first + min(n - first, end * P);
    // The last block begins early enough to end at n, and what another block has
    // does not count again: no row from n on is read, without a test a row. Fewer
    // positions than a block are blocks of one row, which all registers read
    // (stride 0) and the first counts.
    const bool tiny = n - first < uint(P);
    const uint step = tiny ? 1 : P, last = tiny ? n - 1 : n - P, stride = tiny ? 0 : NE;
    if (tiny) {  // all of them are the first simdgroup's
        lo = part == 0 ? first : n;
        hi = n;
    }
    const uint own = tiny ? (r_own == 0 && e == 0 ? 0u : 0x40000000u) : uint(r_own * NE + e);
    const uint k_bytes = D / 8 * key_bits, v_bytes = D / 8 * value_bits, ahead = tiny ? 0 : e;
    threadgroup float *weights = all_weights + simdgroup * 32;
    const float cap = p.softcap * LOG2_E;

    float largest = LOWEST, weight = 0.0f;
    uint k_words[RB * HD / 2], v_words[RB * HD / 2];
    load_block<HD, RB>(key_bits, rows.k + (ulong(min(lo, last)) + ahead) * k_bytes, k_bytes, stride, t, k_words);
    for (uint block = lo; block < hi; block += step) {
        const uint at = min(block, last);
        load_block<HD, RB>(value_bits, rows.v + (ulong(at) + ahead) * v_bytes, v_bytes, stride, t, v_words);
        float s = scores_of<HD, H, RB, LH>(k_words, q, levels, lane);
        // The next block's K arrives while this one's V is used.
        load_block<HD, RB>(key_bits, rows.k + (ulong(min(block + step, last)) + ahead) * k_bytes, k_bytes, stride, t, k_words);

        const uint row = at + own;
        const bool counts = row >= block && row < hi;
        const ulong norm = rows.first_norm + min(row, n - 1);
        if (has_key_norms) s *= read_norm(rows.k_norms, norm);
        if (p.softcap > 0.0f) s = cap * precise::tanh(s / cap);
        if (simd_any(counts && s > largest)) {  // a new maximum: rare after the first blocks
            const float now = max_lanes<L, 32>(max_lanes<1, LH>(counts ? max(largest, s) : largest)), c = exp2(largest - now);
            largest = now;
            weight *= c;
            UNROLL for (short j = 0; j < H; j++) {
                const float c_of_head = simd_broadcast(c, ushort(j * LH));
                UNROLL for (short i = 0; i < HD; i++) sums[j * HD + i] *= c_of_head;
            }
        }
        const float w = counts ? exp2(s - largest) : 0.0f;
        weight += w;
        float folded = w;
        if (has_value_norms) folded = counts ? w * read_norm(rows.v_norms, norm) : 0.0f;
        weights[(e * RB + r_own) * H + h_own] = folded;
        simdgroup_barrier(mem_flags::mem_threadgroup);
        add_values<HD, H, RB>(v_words, weights + e * RB * H, levels, sums);
        simdgroup_barrier(mem_flags::mem_threadgroup);
    }

    // A score lies in LR lanes: its weight counts once.
    weight = add_lanes<L, 32>(add_lanes<LR, LH>(weight));
    if (NE > 1) {
        UNROLL for (short i = 0; i < H * HD; i++) sums[i] = add_lanes<L, 32>(sums[i]);
    }
    if (t % LH == 0 && e == 0) states[simdgroup * H + h_own] = float2(weight, largest);
    merge<D, HD, H, 0>(sums, e == 0, t * HD, room, states, results, simdgroup, lane);
    if (H > 1) merge<D, HD, H, 1 % H>(sums, e == 0, t * HD, room, states, results, simdgroup, lane);
    if (H > 2) merge<D, HD, H, 2 % H>(sums, e == 0, t * HD, room, states, results, simdgroup, lane);
    if (H > 3) merge<D, HD, H, 3 % H>(sums, e == 0, t * HD, room, states, results, simdgroup, lane);
}

template <short D>
[[max_total_threads_per_threadgroup(NRS * 32)]] kernel void flash_attn_vec_tq(
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
    threadgroup float levels[16];
    threadgroup float weights[NRS * 32];
    threadgroup float room[MAX_H * D];  // rotated q at first, the sums of one head at the end
    threadgroup float2 states[NRS * MAX_H];
    const Results results = results_of<D>(p, tmp, output, group.xy, heads_per_group);
    Rows rows = rows_of<D>(p, k_packed, v_packed, results.head);
    if (has_key_norms) rows.k_norms = k_norms;
    if (has_value_norms) rows.v_norms = v_norms;
    if (heads_per_group == 1) attend<D, 1>(p, q, rows, results, levels, weights, room, states, simdgroup, lane);
    else if (heads_per_group == 2) attend<D, 2>(p, q, rows, results, levels, weights, room, states, simdgroup, lane);
    else attend<D, 4>(p, q, rows, results, levels, weights, room, states, simdgroup, lane);
}

typedef decltype(flash_attn_vec_tq<64>) attention_kernel;  // the same type for every D
template [[host_name("flash_attn_vec_tq_dk64")]] kernel attention_kernel flash_attn_vec_tq<64>;
template [[host_name("flash_attn_vec_tq_dk128")]] kernel attention_kernel flash_attn_vec_tq<128>;
template [[host_name("flash_attn_vec_tq_dk256")]] kernel attention_kernel flash_attn_vec_tq<256>;
template [[host_name("flash_attn_vec_tq_dk512")]] kernel attention_kernel flash_attn_vec_tq<512>;

// --- Combining the splits -----------------------------------------------------

// One threadgroup a head, one lane a split for the weights (there are at most 32),
// then D/32 elements a lane.
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
