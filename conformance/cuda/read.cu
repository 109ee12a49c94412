// What the card can read: the sum of all words of a buffer, 16 bytes a load.
extern "C" __device__ int msl_arguments[] = {0, 0, 0, 1, 0, 0, 2, 1, 8, -1};
extern "C" __global__ void __launch_bounds__(512) read_all(const uint4 *p, unsigned *out, unsigned long n) {
  unsigned sum = 0;
  const unsigned long stride = (unsigned long)gridDim.x * blockDim.x;
#pragma unroll 8
  for (unsigned long i = (unsigned long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
    const uint4 v = p[i];
    sum += v.x ^ v.y ^ v.z ^ v.w;
  }
  if (sum == 0x12345678u) *out = sum;  // so that the loads stay
}
