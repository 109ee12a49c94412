// Attention of one query over a cache of 4-bit keys and values, in the shape of the real kernels: the query is rotated in
// registers, scores go through threadgroup memory, two simdgroups share the positions and are merged at the end.
#include <metal_stdlib>
using namespace metal;

struct Params {
  uint heads, positions;
  float scale;
  uint reserved;
};
static_assert(sizeof(Params) == 16, "the host's layout");

#define UNROLL _Pragma("unroll")

constant float LEVELS[16] = {-2.7325896f, -2.0690172f, -1.6180464f, -1.2562312f, -0.9423405f, -0.6567591f, -0.3880483f, -0.1283950f,
                             0.1283950f, 0.3880483f, 0.6567591f, 0.9423405f, 1.2562312f, 1.6180464f, 2.0690172f, 2.7325896f};

template <short N> inline void rotate(thread float *x, ushort lane) {
  UNROLL for (short s = 1; s < N; s *= 2) {
    UNROLL for (short i = 0; i < N; i++) if ((i & s) == 0) {
      const float a = x[i], b = x[i + s];
      x[i] = a + b;
      x[i + s] = a - b;
    }
  }
  for (ushort m = 1; m < 32; m *= 2) {
    const float sign = (lane & m) ? -1.0f : 1.0f;
    UNROLL for (short i = 0; i < N; i++) x[i] = fma(sign, x[i], simd_shuffle_xor(x[i], m));
  }
}

inline float decode(uint w, short i, threadgroup const float *levels) { return levels[(w >> (4 * i)) & 15u]; }

// D is the size of a head, at most 256; a lane has D/32 dimensions.
template <short D> kernel void attend(
    constant Params &p [[buffer(0)]], device const float *q [[buffer(1)]], device const uint *k [[buffer(2)]],
    device const float *k_norms [[buffer(3)]], device const uint *v [[buffer(4)]], device const float *v_norms [[buffer(5)]],
    device float *out [[buffer(6)]], uint3 group [[threadgroup_position_in_grid]],
    ushort lane [[thread_index_in_simdgroup]], ushort sg [[simdgroup_index_in_threadgroup]]) {
  constexpr short N = D / 32;
  threadgroup float levels[16];
  threadgroup float4 room[2 * D / 4], weights[2 * 8];
  threadgroup float sums[4];
  threadgroup float *area = (threadgroup float *)room;
  const uint head = group.x;
  if (sg == 0 && lane < 16) levels[lane] = LEVELS[lane];
  float x[N], acc[N];
  UNROLL for (short i = 0; i < N; i++) {
    x[i] = q[head * D + lane * N + i] * (p.scale * M_LOG2E_F / D);
    acc[i] = 0.0f;
  }
  rotate<N>(x, lane);
  threadgroup_barrier(mem_flags::mem_threadgroup); // A: levels
  threadgroup float *w = (threadgroup float *)weights + sg * 32;
  float m = -1e30f, l = 0.0f;
  for (uint b = sg * 32; b < p.positions; b += 64) {
    float mine = -1e30f;
    for (ushort r = 0; r < 32; r++) {
      const uint row = b + r;
      float s = 0.0f;
      if (row < p.positions) { // the same in all lanes
        const uint word = k[(head * p.positions + row) * (D / 8) + lane * N / 8] >> (lane * N % 8 * 4);
        UNROLL for (short i = 0; i < N; i++) s = fma(decode(word, i, levels), x[i], s);
        s = simd_sum(s) * k_norms[head * p.positions + row];
        if (lane == r) mine = s;
      }
    }
    const float most = max(m, simd_max(mine)), c = exp2(m - most);
    const float e = b + lane < p.positions ? exp2(mine - most) : 0.0f;
    w[lane] = b + lane < p.positions ? e * v_norms[head * p.positions + b + lane] : 0.0f;
    m = most;
    l = fma(l, c, e);
    UNROLL for (short i = 0; i < N; i++) acc[i] *= c;
    simdgroup_barrier(mem_flags::mem_threadgroup); // B: weights are there
    for (ushort r = 0; r < 32 && b + r < p.positions; r++) {
      const uint word = v[(head * p.positions + b + r) * (D / 8) + lane * N / 8] >> (lane * N % 8 * 4);
      UNROLL for (short i = 0; i < N; i++) acc[i] = fma(decode(word, i, levels), w[r], acc[i]);
    }
    simdgroup_barrier(mem_flags::mem_threadgroup); // C: weights are read
  }
  l = simd_sum(l);
  UNROLL for (short i = 0; i < N; i++) area[sg * D + lane * N + i] = acc[i];
  if (lane == 0) {
    sums[2 * sg] = l;
    sums[2 * sg + 1] = m;
  }
  threadgroup_barrier(mem_flags::mem_threadgroup); // D: both halves are there
  if (sg == 0) {
    const float most = max(sums[1], sums[3]), c0 = exp2(sums[1] - most), c1 = exp2(sums[3] - most);
    const float norm = 1.0f / (D * fma(sums[0], c0, sums[2] * c1));
    UNROLL for (short i = 0; i < N; i++) acc[i] = fma(area[lane * N + i], c0, area[D + lane * N + i] * c1);
    rotate<N>(acc, lane);
    UNROLL for (short i = 0; i < N; i++) out[head * D + lane * N + i] = acc[i] * norm;
  }
}

typedef decltype(attend<64>) attend_64_t;
template [[host_name("attend_64")]] kernel attend_64_t attend<64>;
typedef decltype(attend<128>) attend_128_t;
template [[host_name("attend_128")]] kernel attend_128_t attend<128>;
