// tq_quantize_kv_dk{64,128,256,512}: encode rows of K and V into a cache.
//
//   k, v      float32 [kv_head][num_tokens][D], original basis
//   k_packed  [kv_head][kv_capacity][D * key_bits / 8]      and v_packed likewise
//   k_norms   [kv_head][kv_capacity], absent at 16 bits     and v_norms likewise
//
// One simdgroup encodes one row, in registers; nothing is shared, so there is no
// threadgroup memory and no barrier. Grid: (ceil(num_tokens / simdgroups a
// threadgroup), KV heads, 2): z = 0 is K, z = 1 is V. Only the rows from position
// to position + num_tokens are written.
#include <metal_stdlib>
using namespace metal;
#include "tq_format.metal"

// --- A float32 pair -----------------------------------------------------------

// The format sums squares in float64, which a GPU lacks. A pair is the unevaluated
// sum hi + lo, with some 48 bits: enough for the norm to round to the same float32.
// With a plain float32 sum it would differ in the last bits, and with it, now and
// then, a level next to a boundary.
struct Pair {
    float hi, lo;
};

inline Pair pair_of(float hi, float lo) {  // |lo| at most |hi|
    Pair p;
    p.hi = hi + lo;
    p.lo = lo - (p.hi - hi);
    return p;
}

inline Pair square(float a) {
    Pair p;
    p.hi = a * a;
    p.lo = fma(a, a, -p.hi);
    return p;
}

inline Pair add(Pair a, Pair b) {  // the same bits for add(b, a)
    const float sum = a.hi + b.hi, part = sum - a.hi;
    const float rest = (a.hi - (sum - part)) + (b.hi - part);
    return pair_of(sum, rest + (a.lo + b.lo));
}

inline Pair multiply(Pair a, Pair b) {
    const float product = a.hi * b.hi;
    return pair_of(product, fma(a.hi, b.hi, -product) + fma(a.hi, b.lo, a.lo * b.hi));
}

inline Pair divide(Pair a, Pair b) {
    const float q = a.hi / b.hi;
    return pair_of(q, (fma(-q, b.hi, a.hi) + fma(-q, b.lo, a.lo)) / b.hi);
}

inline Pair root(Pair a) {
    const float r = precise::sqrt(a.hi);
    if (!(a.hi > 0.0f)) return pair_of(r, 0.0f);  // zero or NaN
    return pair_of(r, (fma(-r, r, a.hi) + a.lo) / (2.0f * r));
}

template <ushort DISTANCE> inline Pair add_lane(Pair a) {
    Pair b;
    b.hi = simd_shuffle_xor(a.hi, DISTANCE);
    b.lo = simd_shuffle_xor(a.lo, DISTANCE);
    return add(a, b);
}

// The sum over the simdgroup, the same bits in every lane.
inline Pair add_lanes(Pair a) { return add_lane<1>(add_lane<2>(add_lane<4>(add_lane<8>(add_lane<16>(a))))); }

// --- Encoding -----------------------------------------------------------------

// The largest |y| of the row; NaN does not count.
template <short N> inline float largest_of(thread const float *y) {
    float m = 0.0f;
    UNROLL for (short i = 0; i < N; i++) m = fmax(m, fabs(y[i]));
    return simd_max(m);
}

// The index of the nearest level: how many boundaries are strictly below. None is
// below NaN.
inline uint level_index(float y) {
    uint index = 0;
    UNROLL for (short i = 0; i < 15; i++) index += y > BOUNDARIES[i] ? 1u : 0u;
    return index;
}

// Encodes y, which it scales.
template <short D> inline float encode4(thread float *y, thread uint *words) {
    constexpr short N = D / 32;
    // All is done on y scaled by a power of two, which is exact, to about 1: from
    // 1e19 on squares overflow, and from 8e37 on 1/length is no normal number,
    // but the format has norms up to the largest float32.
    const int exponent = clamp(int(as_type<uint>(largest_of<N>(y)) >> 23) - 127, -100, 126);
    const float down = as_type<float>(uint(127 - exponent) << 23), up = as_type<float>(uint(127 + exponent) << 23);
    Pair sum = pair_of(0.0f, 0.0f);
    UNROLL for (short i = 0; i < N; i++) {
        y[i] *= down;
        sum = add(sum, square(y[i]));
    }
    const Pair norm = root(add_lanes(sum));
    const float length = norm.hi * up;
    // Where the length is zero, NaN or infinity, so is what becomes of y.
    const float scale = length > MIN_NORM && !isinf(length) ? 1.0f / norm.hi * root_of_dim<D>() : 0.0f;

    Pair chosen = pair_of(0.0f, 0.0f);  // the squared length of the levels chosen
    words[0] = 0;
    if (N > 8) words[1] = 0;
    UNROLL for (short i = 0; i < N; i++) {
        const uint index = level_index(y[i] * scale);
        words[i / 8] |= index << (4 * (i % 8));
        chosen = add(chosen, square(LEVELS[index]));
    }
    if (!norm_correction) return stored_norm(length);
    const Pair corrected = divide(multiply(norm, pair_of(root_of_dim<D>(), root_of_dim_rest<D>())), root(add_lanes(chosen)));
    return stored_norm(corrected.hi * up);
}

template <short D> inline float encode8(thread const float *y, thread uint *words) {
    constexpr short N = D / 32;
    bool any_nan = false;
    UNROLL for (short i = 0; i < N; i++) any_nan = any_nan || isnan(y[i]);
    const float largest = largest_of<N>(y);
    const float step = stored_norm(simd_any(any_nan) ? NAN : largest / 127.0f);
    const float inverse = step > MIN_NORM ? 1.0f / step : 0.0f;
    UNROLL for (short i = 0; i < (N + 3) / 4; i++) words[i] = 0;
    UNROLL for (short i = 0; i < N; i++) {
        const float q = rint(y[i] * inverse);
        const int held = q >= -127.0f ? int(fmin(q, 127.0f)) : -127;  // also NaN, which must not be converted
        words[i / 4] |= (uint(held) & 255u) << (8 * (i % 4));
    }
    return step;
}

template <short D> inline void encode16(thread const float *x, thread uint *words) {
    UNROLL for (short i = 0; i < D / 64; i++) words[i] = uint(to_half_bits(x[2 * i])) | uint(to_half_bits(x[2 * i + 1])) << 16;
}

template <short D>
kernel void tq_quantize_kv(
    constant TqRows &p [[buffer(0)]],
    device const float *k [[buffer(1)]],
    device const float *v [[buffer(2)]],
    device uchar *k_packed [[buffer(3)]],
    device uchar *k_norms [[buffer(4), function_constant(has_key_norms)]],
    device uchar *v_packed [[buffer(5)]],
    device uchar *v_norms [[buffer(6), function_constant(has_value_norms)]],
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
    device uchar *packed = (is_key ? k_packed : v_packed) + row * (D / 8 * bits);

    float x[N];
    load_row<N>((is_key ? k : v) + (ulong(head) * p.num_tokens + token) * D, lane, x);
    uint words[MAX_WORDS];
    if (bits == 16) {
        encode16<D>(x, words);
        store_packed<2 * N>(packed + lane * 2 * N, words);
        return;
    }
    rotate<D>(x, lane);
    float norm;
    if (bits == 8) {
        norm = encode8<D>(x, words);
        store_packed<N>(packed + lane * N, words);
    } else {
        norm = encode4<D>(x, words);
        store_packed<N / 2>(packed + lane * (N / 2), words);
    }
    if (lane == 0) {
        if (is_key && has_key_norms) write_norm(k_norms, row, norm);
        if (!is_key && has_value_norms) write_norm(v_norms, row, norm);
    }
}

typedef decltype(tq_quantize_kv<64>) quantize_kv;  // the same type for every D
template [[host_name("tq_quantize_kv_dk64")]] kernel quantize_kv tq_quantize_kv<64>;
template [[host_name("tq_quantize_kv_dk128")]] kernel quantize_kv tq_quantize_kv<128>;
template [[host_name("tq_quantize_kv_dk256")]] kernel quantize_kv tq_quantize_kv<256>;
template [[host_name("tq_quantize_kv_dk512")]] kernel quantize_kv tq_quantize_kv<512>;
