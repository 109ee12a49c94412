// What the attention kernels share: the parameter block, what a threadgroup reads
// and writes, how the packed elements of a lane become floats, and how a head's
// sums become its output.
#include "tq_format.metal"

// attention.Block.
struct TqAttention {
    uint num_heads, num_kv_heads, head_dim, kv_seq_len, kv_capacity;
    float scale;
    uint mask, sliding_window;
    float softcap;
    uint splits;
    uint reserved[6];  // zero
};
static_assert(sizeof(TqAttention) == 64, "the block that Go writes");

#define LOWEST (-3.4028235e38f)  // below every score; minus infinity would give NaN in differences
#define LOG2_E 1.44269504089f

// --- The work of a threadgroup ------------------------------------------------

struct Rows {  // of the KV head
    device const uchar *k, *v, *k_norms, *v_norms;
    ulong first_norm;  // the index of the head's first norm
};

// The norms are the kernel's to set: where a format has none, it has no argument
// for them.
template <short D> inline Rows rows_of(constant TqAttention &p, device const uchar *k_packed, device const uchar *v_packed, uint head) {
    Rows rows;
    rows.first_norm = ulong(head / (p.num_heads / p.num_kv_heads)) * p.kv_capacity;
    rows.k = k_packed + rows.first_norm * (D / 8 * key_bits);
    rows.v = v_packed + rows.first_norm * (D / 8 * value_bits);
    return rows;
}

// Where the results go. The heads are head to head + count - 1.
struct Results {
    device float *tmp;  // sums of all heads and splits
    device float2 *states;
    device float *output;
    uint head, count, split, splits;
};

// The grid is (splits, KV heads * threadgroups a group), for `heads` heads each,
// the last of a group for what remains.
template <short D> inline Results results_of(constant TqAttention &p, device float *tmp, device float *output, uint2 group, uint heads) {
    const uint group_size = p.num_heads / p.num_kv_heads, threadgroups = (group_size - 1) / heads + 1;
    const uint first = group.y % threadgroups * heads;
    Results results;
    results.tmp = tmp;
    results.states = (device float2 *)(tmp + ulong(p.num_heads) * p.splits * D);
    results.output = output;
    results.head = group.y / threadgroups * group_size + first;
    results.count = min(heads, group_size - first);
    results.split = group.x;
    results.splits = p.splits;
    return results;
}

// What q is multiplied by: scores in units of log2, the rotation's 1/sqrt(D), and
// at 4 bits that of the levels. 1/D is exact.
template <short D> inline float q_scale_of(constant TqAttention &p) {
    return p.scale * LOG2_E * (key_bits == 4 ? 1.0f / D : key_bits == 8 ? one_over_root<D>() : 1.0f);
}

// A score in two parts with a factor: (a + b) * norm. Rounded as a whole it is off by
// up to half a unit in its last place, which at 90 is as much as all of attention
// may be off. So what rounding took is computed too, and added to the distance from
// the maximum, which is near zero for the rows that count.
struct Score {
    float a, b, norm;
    float value() const { return (a + b) * norm; }
    // No more than 1: scores whose last place is above that can't be told apart,
    // and the largest of them must have a weight that is neither zero nor infinite.
    float rest(float value) const { return clamp(fma(a, norm, fma(b, norm, -value)), -1.0f, 1.0f); }
    float above(float largest) const {
        const float s = value();
        return s - largest + rest(s);
    }
};

inline Score score_of(float a, float b, float norm, float cap) {
    Score s;
    s.a = a;
    s.b = b;
    s.norm = norm;
    if (cap > 0.0f) {
        s.a = cap * precise::tanh(s.value() / cap);
        s.b = 0.0f;
        s.norm = 1.0f;
    }
    return s;
}

// --- Decoding -----------------------------------------------------------------

inline void unpack4(uint word, threadgroup const float *levels, thread float *x) {
    UNROLL for (short i = 0; i < 8; i++) x[i] = levels[(word >> (4 * i)) & 15u];
}

// Four signed bytes, without the conversion from integer, which is slow on Apple
// GPUs: as offset binary in the low bits of the half 1024.0 they are 1152 too
// large, exactly.
inline void unpack8(uint word, thread float *x) {
    const uint even = word ^ 0x80808080u, odd = even >> 8;
    const half2 a = as_type<half2>((even & 0x00ff00ffu) | 0x64006400u), b = as_type<half2>((odd & 0x00ff00ffu) | 0x64006400u);
    x[0] = float(a.x) - 1152.0f;
    x[1] = float(b.x) - 1152.0f;
    x[2] = float(a.y) - 1152.0f;
    x[3] = float(b.y) - 1152.0f;
}

template <short HD> inline void unpack(uint bits, thread const uint *words, threadgroup const float *levels, thread float *x) {
    if (bits == 4) {
        UNROLL for (short j = 0; j < HD / 8; j++) unpack4(words[j], levels, x + 8 * j);
    } else if (bits == 8) {
        UNROLL for (short j = 0; j < HD / 4; j++) unpack8(words[j], x + 4 * j);
    } else {
        UNROLL for (short j = 0; j < HD; j++) x[j] = from_half_bits(ushort(words[j / 2] >> (16 * (j % 2))));
    }
}

// --- The output ---------------------------------------------------------------

// Writes a head's output from its sums over all positions, which are rotated and
// not divided, and the sum of the weights. One simdgroup has the row, D/32
// neighbouring elements a lane.
template <short D> inline void finish(thread float *sums, float weight, device float *output, ushort lane) {
    if (value_bits != 16) unrotate<D>(sums, lane);
    const float scale = (value_bits == 4 ? one_over_root<D>() : 1.0f) / weight;
    UNROLL for (short i = 0; i < D / 32; i++) sums[i] *= scale;
    store_row<D / 32>(output, lane, sums);
}
