// What the attention kernels share: the parameter block, how the packed elements
// of a lane become floats, and how a head's sums become its output.
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
