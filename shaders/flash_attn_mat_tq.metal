// flash_attn_mat_tq_dk{64,128,256,512}: decode attention of one query token over a
// cache, in the rotated basis, for groups of five and more query heads a KV head.
// The products are those of 8 by 8 matrices, for eight heads at a time.
//
//   q, output          float32 [head][D], original basis
//   k_packed, k_norms  the cache, as tq_quantize_kv writes it; v_packed, v_norms
//   tmp                as flash_attn_vec_tq writes it, for flash_attn_vec_reduce;
//                      with one split the output is written instead
//
// Work. Grid: (splits, KV heads * threadgroups a group). A threadgroup has SETS
// sets of eight query heads of one KV head: one set for groups up to 8, else two.
// Heads past the group's last repeat it and are not written. Each row of K and V
// is loaded and decoded once for all of them.
//
// A simdgroup has ELEMENTS elements of a row, 64 or 128, for which it keeps q and
// the sums of its SETS * 8 heads in registers: more would not fit. So DIM_SLICES
// simdgroups share a position, and add up their parts of each score in
// threadgroup memory. The others, POSITION_SLICES of them, have positions of
// their own, and are merged at the end.
//
// A block is 8 positions. For each, with d the simdgroup's elements:
//
//   scores [position][head]  = K [position][d] * q [d][head]
//   sums   [head][d]        += weights [head][position] * V [position][d]
//
// An operand is a row of matrices ("tiles"). A lane has two neighbouring elements
// of one row of each tile (simdgroup_matrix_layout.metal). The order of d is free,
// as long as K and q have the same: tile u takes elements 2u and 2u+1 of what each
// lane has of its row, 2*TILES neighbouring elements. So a lane loads its part of
// one row of K, or V, as one vector, and decodes it in place: nothing is shuffled
// between lanes, and at 4 bits a byte is a lane's part of a tile.
//
// The scores go through threadgroup memory, which adds the slices and transposes:
// a lane writes the scores of one position and two heads, and reads those of one
// head and two positions, which are what it holds of the weights' matrix.
#include <metal_stdlib>
using namespace metal;
#include "tq_attention.metal"
#include "simdgroup_matrix_layout.metal"

// How many query heads share the decoding of a row: 8 or 16.
constant uint heads_per_group [[function_constant(5)]];

template <short D, short SETS> constexpr short elements_of() { return D == 64 || SETS == 2 ? 64 : 128; }
template <short D, short SETS> constexpr short dim_slices_of() { return D / elements_of<D, SETS>(); }
template <short D, short SETS> constexpr short simdgroups_of() { return dim_slices_of<D, SETS>() > 4 ? dim_slices_of<D, SETS>() : 4; }

// Floats of threadgroup memory for one thing at a time: rotated q of four heads;
// partial scores, twice (see attend); the sums of four heads and all position
// slices. Four heads, because with eight fewer threadgroups would fit a core.
#define ROOM 2048
#define HEADS_A_ROUND 4

#define MOST_STATES 64  // of sixteen heads and four slices

#define MATRIX (EDGE * EDGE)

#define ROLLED _Pragma("nounroll")

// --- A block ------------------------------------------------------------------

// A lane's part of a row, for all tiles: two elements a tile. TILES words are room
// for 16 bits.
template <short TILES> inline void load_part(uint bits, device const uchar *row, ushort element, thread uint *words) {
    device const uchar *p = row + element * bits / 8;
    if (bits == 4) load_packed<TILES>(p, words);
    else if (bits == 8) load_packed<2 * TILES>(p, words);
    else load_packed<4 * TILES>(p, words);
}

// Tiles 4j to 4j+3 of it. If K and V are both halves, the GPU converts them, as in
// flash_attn_vec: that is the cache which others are measured against.
inline void unpack_tiles(uint bits, thread const uint *words, short j, threadgroup const float *levels, thread simdgroup_float8x8 *tiles) {
    float x[8];
    if (bits == 4) unpack<8>(4, words + j, levels, x);
    else if (bits == 8) unpack<8>(8, words + 2 * j, levels, x);
    else if (key_bits != value_bits) unpack<8>(16, words + 4 * j, levels, x);
    else UNROLL for (short i = 0; i < 4; i++) {
        const float2 pair = float2(as_type<half2>(words[4 * j + i]));
        x[2 * i] = pair.x;
        x[2 * i + 1] = pair.y;
    }
    UNROLL for (short u = 0; u < 4; u++) {
        tiles[u].thread_elements()[0] = x[2 * u];
        tiles[u].thread_elements()[1] = x[2 * u + 1];
    }
}

// This simdgroup's part of the scores of a block, to scores [set][head][position].
template <short TILES, short SETS>
inline void write_scores(thread const uint *words, thread const simdgroup_float8x8 *q, threadgroup const float *levels,
                         threadgroup float *scores, ushort row, ushort column) {
    // The products of a tile are added up by the multiplication, and tiles in
    // pairs. In one chain over all tiles, which saves 4 additions a row, rounding
    // takes twice as much from a score: over the limit where scores are large.
    float first[SETS], second[SETS];
    UNROLL for (short j = 0; j < TILES / 4; j++) {
        simdgroup_float8x8 k[4];
        unpack_tiles(key_bits, words, j, levels, k);
        UNROLL for (short set = 0; set < SETS; set++) {
            simdgroup_float8x8 products[4];
            UNROLL for (short u = 0; u < 4; u++) simdgroup_multiply(products[u], k[u], q[set * TILES + 4 * j + u]);
            const float x0 = (products[0].thread_elements()[0] + products[1].thread_elements()[0]) + (products[2].thread_elements()[0] + products[3].thread_elements()[0]);
            const float x1 = (products[0].thread_elements()[1] + products[1].thread_elements()[1]) + (products[2].thread_elements()[1] + products[3].thread_elements()[1]);
            first[set] = j == 0 ? x0 : first[set] + x0;
            second[set] = j == 0 ? x1 : second[set] + x1;
        }
    }
    threadgroup float *mine = scores + column * EDGE + row;
    UNROLL for (short set = 0; set < SETS; set++) {
        mine[set * MATRIX] = first[set];
        mine[set * MATRIX + EDGE] = second[set];
    }
}

// sums += weights * V, for a block.
template <short TILES, short SETS>
inline void add_values(thread const uint *words, thread const simdgroup_float8x8 *weights, threadgroup const float *levels,
                       thread simdgroup_float8x8 *sums) {
    UNROLL for (short j = 0; j < TILES / 4; j++) {
        simdgroup_float8x8 v[4];
        unpack_tiles(value_bits, words, j, levels, v);
        UNROLL for (short u = 0; u < 4; u++) {
            UNROLL for (short set = 0; set < SETS; set++) {
                simdgroup_multiply_accumulate(sums[set * TILES + 4 * j + u], weights[set], v[u], sums[set * TILES + 4 * j + u]);
            }
        }
    }
}

// --- Attention ----------------------------------------------------------------

// Adds the slices' sums of the threadgroup's head h and writes them: to tmp, or, if
// there are no other splits, what becomes of them to the output.
template <short D, short SLICES>
inline void write_head(threadgroup const float *sums, threadgroup const float2 *states, Results results, uint h, ushort lane) {
    constexpr short N = D / 32;
    float largest = LOWEST, weight = 0.0f, x[N];
    UNROLL for (short s = 0; s < SLICES; s++) largest = max(largest, states[s].y);
    UNROLL for (short s = 0; s < SLICES; s++) weight = fma(states[s].x, exp2(states[s].y - largest), weight);
    UNROLL for (short i = 0; i < N; i++) {
        x[i] = sums[lane * N + i];
        UNROLL for (short s = 1; s < SLICES; s++) x[i] += sums[s * HEADS_A_ROUND * D + lane * N + i];
    }
    if (results.splits == 1) {
        finish<D>(x, weight, results.output + ulong(results.head + h) * D, lane);
        return;
    }
    const ulong slot = ulong(results.head + h) * results.splits + results.split;
    store_row<N>(results.tmp + slot * D, lane, x);
    if (lane == 0) results.states[slot] = float2(weight, largest);
}

template <short D, short SETS>
inline void attend(constant TqAttention &p, device const float *q_rows, Rows rows, Results results,
                   threadgroup float *levels, threadgroup float *room, threadgroup float2 *states, ushort simdgroup, ushort lane) {
    constexpr short ELEMENTS = elements_of<D, SETS>(), TILES = ELEMENTS / EDGE, DIM_SLICES = dim_slices_of<D, SETS>();
    constexpr short SIMDGROUPS = simdgroups_of<D, SETS>(), POSITION_SLICES = SIMDGROUPS / DIM_SLICES, N = D / 32;
    const ushort dim_slice = simdgroup % DIM_SLICES, position_slice = simdgroup / DIM_SLICES;
    const ushort row = matrix_row(lane), column = matrix_column(lane);
    // Of each row of K and V that it has, the lane has 2*TILES elements from here.
    const ushort part = dim_slice * ELEMENTS + column * TILES;
    if (simdgroup == 0 && lane < 16) levels[lane] = LEVELS[lane];

    // q is rotated four heads at a time, by one simdgroup each. In a tile of q the
    // lane has one element of two heads: of those that row's lanes have of K.
    const float q_scale = q_scale_of<D>(p);
    const ushort element = dim_slice * ELEMENTS + (row & 6) * TILES + (row & 1);
    simdgroup_float8x8 q[SETS * TILES], sums[SETS * TILES];
    UNROLL for (short i = 0; i < SETS * TILES; i++) {
        q[i] = make_filled_simdgroup_matrix<float, EDGE, EDGE>(0.0f);
        sums[i] = make_filled_simdgroup_matrix<float, EDGE, EDGE>(0.0f);
    }
    UNROLL for (short set = 0; set < SETS; set++) {
        ROLLED for (ushort from = 0; from < EDGE; from += HEADS_A_ROUND) {
            if (simdgroup < HEADS_A_ROUND) {
                const uint h = min(uint(set * EDGE + from + simdgroup), results.count - 1);
                float x[N];
                load_row<N>(q_rows + ulong(results.head + h) * D, lane, x);
                if (key_bits != 16) rotate_unscaled<D>(x, lane);
                UNROLL for (short i = 0; i < N; i++) room[simdgroup * D + lane * N + i] = x[i] * q_scale;
            }
            threadgroup_barrier(mem_flags::mem_threadgroup);
            const bool mine = (column & HEADS_A_ROUND) == from;
            threadgroup const float *rotated = room + (column % HEADS_A_ROUND) * D + element;
            UNROLL for (short u = 0; u < TILES; u++) {
                const float x0 = rotated[2 * u], x1 = rotated[D + 2 * u];
                q[set * TILES + u].thread_elements()[0] = mine ? x0 : q[set * TILES + u].thread_elements()[0];
                q[set * TILES + u].thread_elements()[1] = mine ? x1 : q[set * TILES + u].thread_elements()[1];
            }
            threadgroup_barrier(mem_flags::mem_threadgroup);
        }
    }

    // Of the visible positions this slice has `count` blocks from the begin-th on:
    // they are divided evenly over all splits and their slices.
    const uint n = p.kv_seq_len, first = p.mask == 2 && p.sliding_window < n ? n - p.sliding_window : 0;
    const uint blocks = (n - first - 1) / EDGE + 1, slices = p.splits * POSITION_SLICES, slice = results.split * POSITION_SLICES + position_slice;
    const uint each = blocks / slices, more = blocks % slices;
    const uint begin = slice * each + min(slice, more), count = each + (slice < more ? 1 : 0), most = each + (more > 0 ? 1 : 0);

    // Between two barriers, as many blocks as half the room has space for. The
    // halves take turns: who is a barrier ahead writes the other one than is read.
    constexpr short BLOCKS = ROOM / 2 / (SIMDGROUPS * SETS * MATRIX);
    const uint k_bytes = D / 8 * key_bits, v_bytes = D / 8 * value_bits;
    const float cap = p.softcap * LOG2_E;
    float largest[SETS], weight[SETS];
    UNROLL for (short set = 0; set < SETS; set++) {
        largest[set] = LOWEST;
        weight[set] = 0.0f;
    }
    uint words[TILES];
    for (uint done = 0; done < most; done += BLOCKS) {
        const uint now = done < count ? min(uint(BLOCKS), count - done) : 0;
        threadgroup float *scores = room + (done / BLOCKS % 2) * (ROOM / 2);
        ROLLED for (uint b = 0; b < now; b++) {
            // The last block may have fewer than eight positions. The rows behind
            // repeat the last one, and count for nothing.
            const uint position = first + (begin + done + b) * EDGE, left = n - position;
            load_part<TILES>(key_bits, rows.k + (ulong(position) + min(uint(row), left - 1)) * k_bytes, part, words);
            write_scores<TILES, SETS>(words, q, levels, scores + (b * SIMDGROUPS + simdgroup) * (SETS * MATRIX), row, column);
        }
        if (DIM_SLICES == 1) simdgroup_barrier(mem_flags::mem_threadgroup);
        else threadgroup_barrier(mem_flags::mem_threadgroup);
        ROLLED for (uint b = 0; b < now; b++) {
            const uint position = first + (begin + done + b) * EDGE, left = n - position;
            load_part<TILES>(value_bits, rows.v + (ulong(position) + min(uint(row), left - 1)) * v_bytes, part, words);
            // Here the lane has head `row` of each set and two positions.
            const bool counts0 = column < left, counts1 = column + 1u < left;
            const ulong norm0 = rows.first_norm + position + min(uint(column), left - 1), norm1 = rows.first_norm + position + min(column + 1u, left - 1);
            float2 k_norm = float2(1.0f), v_norm = float2(1.0f);
            if (has_key_norms) k_norm = float2(read_norm(rows.k_norms, norm0), read_norm(rows.k_norms, norm1));
            if (has_value_norms) v_norm = float2(read_norm(rows.v_norms, norm0), read_norm(rows.v_norms, norm1));
            threadgroup const float *parts = scores + (b * SIMDGROUPS + position_slice * DIM_SLICES) * (SETS * MATRIX) + row * EDGE + column;
            simdgroup_float8x8 weights[SETS];
            UNROLL for (short set = 0; set < SETS; set++) {
                float2 a = float2(0.0f), b = float2(0.0f);
                UNROLL for (short d = 0; d < DIM_SLICES; d++) {
                    const float2 mine = *(threadgroup const float2 *)(parts + (d * SETS + set) * MATRIX);
                    if (d < (DIM_SLICES + 1) / 2) a += mine;
                    else b += mine;
                }
                const Score score0 = score_of(a.x, b.x, k_norm.x, cap), score1 = score_of(a.y, b.y, k_norm.y, cap);
                const float2 s = float2(score0.value(), score1.value());
                if (simd_any((counts0 && s.x > largest[set]) || (counts1 && s.y > largest[set]))) {  // rare after the first blocks
                    float now = largest[set];
                    now = counts0 ? max(now, s.x) : now;
                    now = counts1 ? max(now, s.y) : now;
                    now = max(now, simd_shuffle_xor(now, ushort(1)));  // over the lanes of this row
                    now = max(now, simd_shuffle_xor(now, ushort(8)));
                    const float c = exp2(largest[set] - now);
                    largest[set] = now;
                    weight[set] *= c;
                    UNROLL for (short u = 0; u < TILES; u++) {
                        sums[set * TILES + u].thread_elements()[0] *= c;
                        sums[set * TILES + u].thread_elements()[1] *= c;
                    }
                }
                const float w0 = counts0 ? exp2(score0.above(largest[set])) : 0.0f, w1 = counts1 ? exp2(score1.above(largest[set])) : 0.0f;
                weight[set] += w0 + w1;
                weights[set].thread_elements()[0] = w0 * v_norm.x;
                weights[set].thread_elements()[1] = w1 * v_norm.y;
            }
            add_values<TILES, SETS>(words, weights, levels, sums);
        }
    }

    // Merge the position slices.
    UNROLL for (short set = 0; set < SETS; set++) {
        weight[set] += simd_shuffle_xor(weight[set], ushort(1));
        weight[set] += simd_shuffle_xor(weight[set], ushort(8));
        if (column == 0 && dim_slice == 0) states[(set * EDGE + row) * POSITION_SLICES + position_slice] = float2(weight[set], largest[set]);
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);
    UNROLL for (short set = 0; set < SETS; set++) {
        float of_all = LOWEST;
        UNROLL for (short s = 0; s < POSITION_SLICES; s++) of_all = max(of_all, states[(set * EDGE + row) * POSITION_SLICES + s].y);
        const float factor = exp2(largest[set] - of_all);
        ROLLED for (ushort from = 0; from < EDGE; from += HEADS_A_ROUND) {
            if ((row & HEADS_A_ROUND) == from) {
                threadgroup float *mine = room + (position_slice * HEADS_A_ROUND + row % HEADS_A_ROUND) * D + part;
                UNROLL for (short u = 0; u < TILES; u++) {
                    mine[2 * u] = sums[set * TILES + u].thread_elements()[0] * factor;
                    mine[2 * u + 1] = sums[set * TILES + u].thread_elements()[1] * factor;
                }
            }
            threadgroup_barrier(mem_flags::mem_threadgroup);
            const uint h = set * EDGE + from + simdgroup;
            if (simdgroup < HEADS_A_ROUND && h < results.count) write_head<D, POSITION_SLICES>(room + simdgroup * D, states + h * POSITION_SLICES, results, h, lane);
            threadgroup_barrier(mem_flags::mem_threadgroup);
        }
    }
}

template <short D>
[[max_total_threads_per_threadgroup(D == 512 ? 256 : 128)]] kernel void flash_attn_mat_tq(
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
    threadgroup float4 room[ROOM / 4];  // float4 for the alignment
    threadgroup float2 states[MOST_STATES];
    const Results results = results_of<D>(p, tmp, output, group.xy, heads_per_group);
    Rows rows = rows_of<D>(p, k_packed, v_packed, results.head);
    if (has_key_norms) rows.k_norms = k_norms;
    if (has_value_norms) rows.v_norms = v_norms;
    if (heads_per_group == 16) attend<D, 2>(p, q, rows, results, levels, (threadgroup float *)room, states, simdgroup, lane);
    else attend<D, 1>(p, q, rows, results, levels, (threadgroup float *)room, states, simdgroup, lane);
}

typedef decltype(flash_attn_mat_tq<64>) matrix_kernel;  // the same type for every D
template [[host_name("flash_attn_mat_tq_dk64")]] kernel matrix_kernel flash_attn_mat_tq<64>;
template [[host_name("flash_attn_mat_tq_dk128")]] kernel matrix_kernel flash_attn_mat_tq<128>;
template [[host_name("flash_attn_mat_tq_dk256")]] kernel matrix_kernel flash_attn_mat_tq<256>;
template [[host_name("flash_attn_mat_tq_dk512")]] kernel matrix_kernel flash_attn_mat_tq<512>;
