// The cache format (docs/FORMAT.md): its tables, its rotation, and how elements
// lie in packed rows. Everything here works on one row, held by one simdgroup:
// lane l has the N = head_dim/32 elements from l*N on, in an array x of its own.
//
// The results must have the bits that the format says, so the order of the
// additions is fixed, and the text relies on safe math: a + b is one rounding,
// and fma is written where one is meant.

// What a kernel is specialised by: the codec.Format of the cache.
constant uint key_bits [[function_constant(0)]];         // 4, 8 or 16 bits an element of K
constant uint value_bits [[function_constant(1)]];       // the same of V
constant bool has_signs [[function_constant(2)]];        // the rotation begins with the fixed signs
constant bool norm_correction [[function_constant(3)]];  // 4-bit rows keep the length of the original
constant bool norms_are_f16 [[function_constant(4)]];    // norms are binary16, not binary32

// Rows of 16 bits have no norms, and their kernels no argument for them: Metal
// refuses a dispatch with a declared buffer that is not bound.
constant bool has_key_norms = key_bits != 16;
constant bool has_value_norms = value_bits != 16;

#define UNROLL _Pragma("unroll")

constant float LEVELS[16] = {
    -2.7325896f, -2.0690172f, -1.6180464f, -1.2562312f, -0.9423405f, -0.6567591f, -0.3880483f, -0.1283950f,
    0.1283950f,  0.3880483f,  0.6567591f,  0.9423405f,  1.2562312f,  1.6180464f,  2.0690172f,  2.7325896f};

// Literals, not midpoints: computed in float32 these differ by an ulp at 0.2582217.
constant float BOUNDARIES[15] = {
    -2.4008034f, -1.8435318f, -1.4371388f, -1.0992859f, -0.7995498f, -0.5224037f, -0.2582217f, 0.0f,
    0.2582217f,  0.5224037f,  0.7995498f,  1.0992859f,  1.4371388f,  1.8435318f,  2.4008034f};

// One bit an element, lowest first, 1 for minus: the format's 64 bytes as words.
constant uint SIGNS[16] = {
    0xf4913ba7u, 0x0e58c26du, 0xd6247fb3u, 0x1cea4589u, 0x52d8af63u, 0x3de10b97u, 0xfe19c476u, 0xdb2c854au,
    0x17a84ed3u, 0x31e65b9cu, 0xf50db972u, 0xc76e8a43u, 0xe1942f58u, 0x7c0a3db6u, 0x4fd861c5u, 0x851e97a3u};

// Rows at most this long, or with at most this step, count as zero.
constant float MIN_NORM = 1e-10f;

// sqrt(D) and 1/sqrt(D), rounded once, and what rounding took from sqrt(D).
template <short D> inline float root_of_dim() { return D == 64 ? 8.0f : D == 128 ? 11.313708498984761f : D == 256 ? 16.0f : 22.627416997969522f; }
template <short D> inline float root_of_dim_rest() { return D == 128 ? 1.9362587e-07f : D == 512 ? 3.8725174e-07f : 0.0f; }
template <short D> inline float one_over_root() { return D == 64 ? 0.125f : D == 128 ? 0.08838834764831845f : D == 256 ? 0.0625f : 0.04419417382415922f; }

// --- Rotation -----------------------------------------------------------------

template <short N> inline void apply_signs(thread float *x, ushort lane) {
    // N divides 32, so a lane's bits are in one word.
    const uint bits = SIGNS[(lane * N) >> 5] >> ((lane * N) & 31);
    UNROLL for (short i = 0; i < N; i++) x[i] = as_type<float>(as_type<uint>(x[i]) ^ ((bits >> i) & 1u) << 31);
}

// One stage of the butterfly over elements of a lane. The distance is a template
// parameter so that x stays in registers: an index that is not a constant sends
// the whole array to memory.
template <short N, short DISTANCE> inline void butterfly_in_lane(thread float *x) {
    UNROLL for (short i = 0; i < N; i++) {
        if (DISTANCE < N && (i & DISTANCE) == 0) {
            const float a = x[i], b = x[(i + DISTANCE) % N];
            x[i] = a + b;
            x[(i + DISTANCE) % N] = a - b;
        }
    }
}

// One stage over lanes: a distance of DISTANCE lanes is one of DISTANCE*N
// elements. The lower lane keeps a + b, the upper one a - b; a product by one or
// minus one is exact, so the fma rounds as the format's addition does.
template <short N, ushort DISTANCE> inline void butterfly_of_lanes(thread float *x, ushort lane) {
    const float sign = (lane & DISTANCE) ? -1.0f : 1.0f;
    UNROLL for (short i = 0; i < N; i++) x[i] = fma(sign, x[i], simd_shuffle_xor(x[i], DISTANCE));
}

// The Walsh-Hadamard matrix of ones and minus ones: stages of distance 1, 2, 4,
// ... D/2.
template <short D> inline void butterflies(thread float *x, ushort lane) {
    constexpr short N = D / 32;
    butterfly_in_lane<N, 1>(x);
    butterfly_in_lane<N, 2>(x);
    butterfly_in_lane<N, 4>(x);
    butterfly_in_lane<N, 8>(x);
    butterfly_of_lanes<N, 1>(x, lane);
    butterfly_of_lanes<N, 2>(x, lane);
    butterfly_of_lanes<N, 4>(x, lane);
    butterfly_of_lanes<N, 8>(x, lane);
    butterfly_of_lanes<N, 16>(x, lane);
}

// The same over sqrt(D).
template <short D> inline void hadamard(thread float *x, ushort lane) {
    butterflies<D>(x, lane);
    UNROLL for (short i = 0; i < D / 32; i++) x[i] *= one_over_root<D>();
}

template <short D> inline void rotate(thread float *x, ushort lane) {
    if (has_signs) apply_signs<D / 32>(x, lane);
    hadamard<D>(x, lane);
}

// Without the factor 1/sqrt(D), for those who multiply by something else next:
// where sqrt(D) is no power of two that saves a rounding.
template <short D> inline void rotate_unscaled(thread float *x, ushort lane) {
    if (has_signs) apply_signs<D / 32>(x, lane);
    butterflies<D>(x, lane);
}

template <short D> inline void unrotate(thread float *x, ushort lane) {
    hadamard<D>(x, lane);
    if (has_signs) apply_signs<D / 32>(x, lane);
}

// --- binary16 -----------------------------------------------------------------

// Values below the smallest normal half are converted through integers, because
// hardware may flush them to zero, and the format keeps them.
inline ushort to_half_bits(float x) {
    const float size = fabs(x);
    if (size < 6.103515625e-05f) return ushort(((as_type<uint>(x) >> 16) & 0x8000u) | uint(rint(size * 16777216.0f)));
    return as_type<ushort>(half(x));
}

inline float from_half_bits(ushort bits) {
    if ((bits & 0x7c00) == 0) {
        const float size = float(bits & 0x03ff) * 5.9604644775390625e-08f;
        return (bits & 0x8000) ? -size : size;
    }
    return float(as_type<half>(bits));
}

// A norm or step as it is stored, back as float. Infinity becomes NaN: it would
// decode to plus and minus infinity with made-up signs.
inline float stored_norm(float norm) {
    if (norms_are_f16) norm = from_half_bits(to_half_bits(norm));
    return isinf(norm) ? NAN : norm;
}

inline void write_norm(device uchar *norms, ulong row, float norm) {
    if (norms_are_f16) ((device ushort *)norms)[row] = to_half_bits(norm);
    else ((device float *)norms)[row] = norm;
}

inline float read_norm(device const uchar *norms, ulong row) {
    return norms_are_f16 ? from_half_bits(((device const ushort *)norms)[row]) : ((device const float *)norms)[row];
}

// --- Packed words -------------------------------------------------------------

// A lane's BYTES bytes of a packed row, from and to words: the lowest byte is at
// the lowest address. Rows begin at multiples of 16 bytes or of their own length.
template <short BYTES> inline void store_packed(device uchar *p, thread const uint *words) {
    if (BYTES == 1) *p = uchar(words[0]);
    else if (BYTES == 2) *(device ushort *)p = ushort(words[0]);
    else if (BYTES == 4) *(device uint *)p = words[0];
    else if (BYTES == 8) *(device uint2 *)p = uint2(words[0], words[1]);
    else UNROLL for (short i = 0; i < BYTES / 16; i++) ((device uint4 *)p)[i] = uint4(words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]);
}

template <short BYTES> inline void load_packed(device const uchar *p, thread uint *words) {
    if (BYTES == 1) words[0] = *p;
    else if (BYTES == 2) words[0] = *(device const ushort *)p;
    else if (BYTES == 4) words[0] = *(device const uint *)p;
    else if (BYTES == 8) {
        const uint2 two = *(device const uint2 *)p;
        words[0] = two.x;
        words[1] = two.y;
    } else UNROLL for (short i = 0; i < BYTES / 16; i++) {
        const uint4 four = ((device const uint4 *)p)[i];
        words[4 * i] = four.x;
        words[4 * i + 1] = four.y;
        words[4 * i + 2] = four.z;
        words[4 * i + 3] = four.w;
    }
}

// The most words that a lane has of a row: 16 elements of 16 bits.
#define MAX_WORDS 8

// A lane's elements of an unpacked float32 row.
template <short N> inline void load_row(device const float *row, ushort lane, thread float *x) {
    UNROLL for (short i = 0; i < N / 2; i++) {
        const float2 pair = ((device const float2 *)row)[lane * (N / 2) + i];
        x[2 * i] = pair.x;
        x[2 * i + 1] = pair.y;
    }
}

template <short N> inline void store_row(device float *row, ushort lane, thread const float *x) {
    UNROLL for (short i = 0; i < N / 2; i++) ((device float2 *)row)[lane * (N / 2) + i] = float2(x[2 * i], x[2 * i + 1]);
}

// --- The rows of a dispatch ---------------------------------------------------

// The parameter block of the kernels that move rows in and out of a cache.
struct TqRows {
    uint kv_capacity;  // positions that each KV head has room for
    uint position;     // of the first token in the cache
    uint num_tokens;   // rows a KV head in this dispatch
    uint reserved;     // zero
};
static_assert(sizeof(TqRows) == 16, "the block that Go writes");
