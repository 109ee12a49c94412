// The text of flash_attn_vec_tq and flash_attn_vec: decode attention of one query
// token over a cache, in the basis that the cache has its rows in. They differ in
// how elements are stored and in nothing else.
//
// Work. The grid is (splits, KV heads times the threadgroups that a group needs),
// SIMDGROUPS simdgroups a threadgroup. A threadgroup has H query heads of one KV
// head, so each row of K and V is loaded and decoded once for H heads; where the
// group has no more, the last ones idle. Its simdgroups have slices of the split's
// positions, and are merged at the end. In a simdgroup NE positions lie side by
// side, L = 32/NE lanes each; a lane has the same HD elements of each row, of q and
// of the sums, in registers. HD is D/L.
//
// Four heads of 512 elements would not fit. There, DIM_SLICES = 2 simdgroups have
// the same positions and half of each row, so HD is D/L/2: each computes its part
// of the scores of ROUND blocks, they add both parts through threadgroup memory,
// and each goes on with its half of the values.
//
// A block is RB times NE positions, at most 32 scores. Each lane computes its part
// of the dot products for RB rows and H heads; a butterfly that halves the
// registers at each step leaves each lane with one whole score, where a simd_sum a
// score would cost more than the products. So one exp2 is 32 weights.
//
// Scores are in units of log2: log2(e) is folded into q, with the scale. The
// norms are folded into score and weight, so that decoding an element is a
// look-up in 16 floats of threadgroup memory.
#include "tq_attention.metal"

// How many heads share the decoding of a row: 1, 2 or 4.
constant uint heads_per_group [[function_constant(5)]];

#define SIMDGROUPS 4  // a threadgroup
#define MAX_H 4
#define MAX_ROUND 4   // blocks between two barriers, where simdgroups share rows
#define ROLLED _Pragma("nounroll")

template <short D> constexpr short lanes_of() { return D >= 256 ? 32 : D / 8; }
template <short D, short H> constexpr short dim_slices_of() { return D * H > 1024 ? 2 : 1; }

// The threadgroup memory of a threadgroup, at most 9 KB.
template <short D> struct Shared {
    float4 weights[SIMDGROUPS * 8];  // of a block: [position][head], vectors so that one load has all heads
    float levels[16];
    // One after the other: rotated q; parts of scores; the sums of one head.
    float room[MAX_H * D];
    float2 states[SIMDGROUPS * MAX_H];  // [slice of the positions][head]: sum of weights, maximum
};

// A lane's elements of RB rows, of which the first is at `first`, and each of the
// others `stride` bytes after. HD/2 words a row are room for 16 bits.
template <short HD, short RB> inline void load_block(uint bits, device const uchar *first, uint stride, thread uint *words) {
    UNROLL for (short r = 0; r < RB; r++) {
        device const uchar *row = first + r * stride;
        if (bits == 4) load_packed<HD / 2>(row, words + r * (HD / 2));
        else if (bits == 8) load_packed<HD>(row, words + r * (HD / 2));
        else load_packed<2 * HD>(row, words + r * (HD / 2));
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
template <typename Elements, short HD, short H, short RB, short LH>
inline float scores_of(thread const uint *words, thread const float *q, threadgroup const float *levels, ushort lane) {
    constexpr short LR = LH / RB;
    float x[RB];
    UNROLL for (short r = 0; r < RB; r++) {
        float k[HD], dot[H];
        Elements::decode(key_bits, words + r * (HD / 2), levels, k);
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

// The weight of a lane's score. A score over the maximum so far raises that, and
// scales down what was added before: for a lane's sums, by the lane that has the
// score of their head.
template <short HD, short H, short L, short LH>
inline float weigh(Score score, bool counts, thread float &largest, thread float &weight, thread float *sums) {
    const float s = score.value();
    if (simd_any(counts && s > largest)) {  // rare after the first blocks
        const float now = max_lanes<L, 32>(max_lanes<1, LH>(counts ? max(largest, s) : largest)), c = exp2(largest - now);
        largest = now;
        weight *= c;
        UNROLL for (short j = 0; j < H; j++) {
            const float c_of_head = simd_broadcast(c, ushort(j * LH));
            UNROLL for (short i = 0; i < HD; i++) sums[j * HD + i] *= c_of_head;
        }
    }
    const float w = counts ? exp2(score.above(largest)) : 0.0f;
    weight += w;
    return w;
}

// The weights of one row, for H heads.
template <short H> inline void load_weights(threadgroup const float *row, thread float *w) {
    if (H == 4) {
        const float4 four = *(threadgroup const float4 *)row;
        w[0] = four.x;
        w[1] = four.y;
        w[2] = four.z;
        w[3] = four.w;
    } else if (H == 2) {
        const float2 two = *(threadgroup const float2 *)row;
        w[0] = two.x;
        w[1] = two.y;
    } else {
        w[0] = *row;
    }
}

// sums += weight * value for RB rows; weights are [row][head].
template <typename Elements, short HD, short H, short RB>
inline void add_values(thread const uint *words, threadgroup const float *weights, threadgroup const float *levels, thread float *sums) {
    UNROLL for (short r = 0; r < RB; r++) {
        float v[HD];
        Elements::decode(value_bits, words + r * (HD / 2), levels, v);
        float w[4];
        load_weights<H>(weights + r * H, w);
        UNROLL for (short j = 0; j < H; j++) {
            UNROLL for (short i = 0; i < HD; i++) sums[j * HD + i] = fma(v[i], w[j], sums[j * HD + i]);
        }
    }
}

// --- The positions of a simdgroup ---------------------------------------------

// A simdgroup goes through `blocks` blocks, the first at lo, one every `step`
// positions. Positions from hi on don't count.
struct Walk {
    uint lo, hi, blocks, step;
    uint last;  // no block begins later
    bool tiny;  // each block is one position
};

// Blocks of P positions are divided evenly over `parts` simdgroups, or pairs of
// them. Those that meet at barriers go through as many blocks as the longest part
// has.
//
// The last block begins early enough to end at the last position, and what another
// block has does not count again: so no row behind it is read, without a test a row.
// Fewer positions than a block are blocks of one, which all registers read (stride
// 0) and the first counts; the first part has all of them.
template <short P, bool MEET> inline Walk walk_of(constant TqAttention &p, uint part, uint parts) {
    const uint n = p.kv_seq_len, first = p.mask == 2 && p.sliding_window < n ? n - p.sliding_window : 0;
    Walk walk;
    walk.tiny = n - first < uint(P);
    if (walk.tiny) {
        walk.lo = part == 0 ? first : n;
        walk.hi = n;
        walk.blocks = MEET || part == 0 ? n - first : 0;
        walk.step = 1;
        walk.last = n - 1;
    } else {
        const uint all = (n - first - 1) / P + 1, each = all / parts, more = all % parts;
        const uint begin = part * each + min(part, more), end = begin + each + (part < more ? 1 : 0);
        walk.lo = first + begin * P;
        walk.hi = first + min(n - first, end * P);
        walk.blocks = MEET ? each + (more > 0 ? 1 : 0) : end - begin;
        walk.step = P;
        walk.last = n - P;
    }
    return walk;
}

// --- Merging ------------------------------------------------------------------

// Merges the slices' sums of head J and writes them: to tmp, or, if there are
// no other splits, what becomes of them to the output. J is a template parameter:
// an index into sums that is not a constant would send it to memory.
template <short D, short HD, short H, short J>
inline void merge(thread const float *sums, bool writes, uint element, threadgroup Shared<D> &shared, Results results, ushort simdgroup, ushort lane) {
    constexpr short SLICES = SIMDGROUPS / dim_slices_of<D, H>();
    if (uint(J) >= results.count) return;  // an idle head, for the whole threadgroup
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (writes) {
        UNROLL for (short i = 0; i < HD; i++) shared.room[element + i] = sums[(J % H) * HD + i];
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);
    float largest = LOWEST, weight = 0.0f, factors[SLICES];
    UNROLL for (short s = 0; s < SLICES; s++) largest = max(largest, shared.states[s * H + J].y);
    UNROLL for (short s = 0; s < SLICES; s++) {
        factors[s] = exp2(shared.states[s * H + J].y - largest);
        weight = fma(shared.states[s * H + J].x, factors[s], weight);
    }
    if (results.splits == 1) {
        // The rotation wants the row in one simdgroup: another one a head.
        if (simdgroup != J % SIMDGROUPS) return;
        float x[D / 32];
        UNROLL for (short i = 0; i < D / 32; i++) {
            x[i] = 0.0f;
            UNROLL for (short s = 0; s < SLICES; s++) x[i] = fma(shared.room[s * D + lane * (D / 32) + i], factors[s], x[i]);
        }
        finish<D>(x, weight, results.output + ulong(results.head + J) * D, lane);
        return;
    }
    const ulong slot = ulong(results.head + J) * results.splits + results.split;
    for (ushort i = simdgroup * 32 + lane; i < D; i += SIMDGROUPS * 32) {
        float sum = 0.0f;
        UNROLL for (short s = 0; s < SLICES; s++) sum = fma(shared.room[s * D + i], factors[s], sum);
        results.tmp[slot * D + i] = sum;
        if (i == 0) results.states[slot] = float2(weight, largest);
    }
}

// --- The whole ----------------------------------------------------------------

// WIDE: K and V have more than 8 bits together, so a lane holds half as many rows.
template <typename Elements, short D, short H, bool WIDE>
inline void attend(constant TqAttention &p, device const float *q_rows, Rows rows, Results results, threadgroup Shared<D> &shared, ushort simdgroup, ushort lane) {
    constexpr short DIM_SLICES = dim_slices_of<D, H>(), ROUND = DIM_SLICES > 1 ? MAX_ROUND : 1;
    constexpr short L = lanes_of<D>(), NE = 32 / L, HD = D / DIM_SLICES / L, LH = L / H;
    // As many rows of K and V as registers have room for, next to q and the sums.
    constexpr short MOST = (HD == 16 || DIM_SLICES > 1 ? 4 : 8) / (WIDE ? 2 : 1);
    constexpr short RB = LH < MOST ? LH : MOST, LR = LH / RB, P = RB * NE;
    if (simdgroup == 0 && lane < 16) shared.levels[lane] = LEVELS[lane];

    // Each head's q is rotated once a threadgroup, by one simdgroup. A head past
    // the group's last repeats it.
    const float q_scale = q_scale_of<D>(p);
    for (ushort h = simdgroup; h < H; h += SIMDGROUPS) {
        float x[D / 32];
        load_row<D / 32>(q_rows + ulong(results.head + min(uint(h), results.count - 1)) * D, lane, x);
        if (key_bits != 16) rotate_unscaled<D>(x, lane);
        UNROLL for (short i = 0; i < D / 32; i++) shared.room[h * D + lane * (D / 32) + i] = x[i] * q_scale;
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);

    // Lane t of position e ends each block with the score of head h_own and row
    // r_own of its position's RB. It has the elements from `element` on.
    const ushort slice = simdgroup / DIM_SLICES, t = lane % L, e = lane / L, h_own = t / LH, r_own = (t % LH) / LR;
    const uint element = simdgroup % DIM_SLICES * (D / DIM_SLICES) + t * HD;
    float q[H * HD], sums[H * HD];
    UNROLL for (short j = 0; j < H; j++) {
        UNROLL for (short i = 0; i < HD; i++) {
            q[j * HD + i] = shared.room[(j ^ h_own) * D + element + i];
            sums[j * HD + i] = 0.0f;
        }
    }
    if (DIM_SLICES > 1) threadgroup_barrier(mem_flags::mem_threadgroup);  // scores go where q was

    const Walk walk = walk_of<P, (DIM_SLICES > 1)>(p, results.split * (SIMDGROUPS / DIM_SLICES) + slice, p.splits * (SIMDGROUPS / DIM_SLICES));
    const uint own = walk.tiny ? (r_own == 0 && e == 0 ? 0u : 0x40000000u) : uint(r_own * NE + e);
    const uint ahead = walk.tiny ? 0 : e, stride = walk.tiny ? 0 : NE;
    const uint k_bytes = D / 8 * key_bits, v_bytes = D / 8 * value_bits;
    device const uchar *k = rows.k + ahead * k_bytes + element * key_bits / 8;
    device const uchar *v = rows.v + ahead * v_bytes + element * value_bits / 8;
    threadgroup float *weights = (threadgroup float *)(shared.weights + simdgroup * 8);
    const float cap = p.softcap * LOG2_E;

    float largest = LOWEST, weight = 0.0f;
    uint k_words[RB * HD / 2], v_words[RB * HD / 2];
    load_block<HD, RB>(key_bits, k + ulong(min(walk.lo, walk.last)) * k_bytes, stride * k_bytes, k_words);
    for (uint round = 0; round < walk.blocks; round += ROUND) {
        // While one simdgroup writes its parts of scores, another may still read
        // those of the round before: so rounds take turns with two places.
        threadgroup float *parts = shared.room + round / ROUND % 2 * (SIMDGROUPS * ROUND * 32);
        if (DIM_SLICES > 1) {
            ROLLED for (ushort i = 0; i < ROUND; i++) {
                parts[(simdgroup * ROUND + i) * 32 + lane] = scores_of<Elements, HD, H, RB, LH>(k_words, q, shared.levels, lane);
                load_block<HD, RB>(key_bits, k + ulong(min(walk.lo + (round + i + 1) * walk.step, walk.last)) * k_bytes, stride * k_bytes, k_words);
            }
            threadgroup_barrier(mem_flags::mem_threadgroup);
        }
        ROLLED for (ushort i = 0; i < ROUND; i++) {
            const uint block = walk.lo + (round + i) * walk.step, at = min(block, walk.last);
            load_block<HD, RB>(value_bits, v + ulong(at) * v_bytes, stride * v_bytes, v_words);
            float s, s_rest = 0.0f;
            if (DIM_SLICES > 1) {
                s = parts[(slice * DIM_SLICES * ROUND + i) * 32 + lane];
                s_rest = parts[((slice * DIM_SLICES + 1) * ROUND + i) * 32 + lane];
            } else {
                s = scores_of<Elements, HD, H, RB, LH>(k_words, q, shared.levels, lane);
                // The next block's K arrives while this one's V is used.
                load_block<HD, RB>(key_bits, k + ulong(min(block + walk.step, walk.last)) * k_bytes, stride * k_bytes, k_words);
            }

            const uint row = at + own;
            const bool counts = row >= block && row < walk.hi;
            const ulong norm = rows.first_norm + min(row, p.kv_seq_len - 1);
            const Score score = score_of(s, s_rest, has_key_norms ? read_norm(rows.k_norms, norm) : 1.0f, cap);
            float w = weigh<HD, H, L, LH>(score, counts, largest, weight, sums);
            if (has_value_norms) w = counts ? w * read_norm(rows.v_norms, norm) : 0.0f;
            weights[(e * RB + r_own) * H + h_own] = w;
            simdgroup_barrier(mem_flags::mem_threadgroup);
            add_values<Elements, HD, H, RB>(v_words, weights + e * RB * H, shared.levels, sums);
            simdgroup_barrier(mem_flags::mem_threadgroup);
        }
    }

    // A score lies in LR lanes: its weight counts once.
    weight = add_lanes<L, 32>(add_lanes<LR, LH>(weight));
    if (NE > 1) {
        UNROLL for (short i = 0; i < H * HD; i++) sums[i] = add_lanes<L, 32>(sums[i]);
    }
    if (t % LH == 0 && e == 0) shared.states[slice * H + h_own] = float2(weight, largest);  // the same from all simdgroups of a slice
    merge<D, HD, H, 0>(sums, e == 0, slice * D + element, shared, results, simdgroup, lane);
    if (H > 1) merge<D, HD, H, 1 % H>(sums, e == 0, slice * D + element, shared, results, simdgroup, lane);
    if (H > 2) merge<D, HD, H, 2 % H>(sums, e == 0, slice * D + element, shared, results, simdgroup, lane);
    if (H > 3) merge<D, HD, H, 3 % H>(sums, e == 0, slice * D + element, shared, results, simdgroup, lane);
}

template <typename Elements, short D, bool WIDE>
inline void attend_for_group(constant TqAttention &p, device const float *q, Rows rows, Results results, threadgroup Shared<D> &shared, ushort simdgroup, ushort lane) {
    if (heads_per_group == 1) attend<Elements, D, 1, WIDE>(p, q, rows, results, shared, simdgroup, lane);
    else if (heads_per_group == 2) attend<Elements, D, 2, WIDE>(p, q, rows, results, shared, simdgroup, lane);
    else attend<Elements, D, 4, WIDE>(p, q, rows, results, shared, simdgroup, lane);
}
