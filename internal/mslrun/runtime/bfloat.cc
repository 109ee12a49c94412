// The conversion to bfloat that clang calls and libgcc before version 13 does not have.
#include <stdint.h>
#include <string.h>

extern "C" __attribute__((weak)) __bf16 __truncsfbf2(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  if ((u & 0x7fffffff) > 0x7f800000)
    u |= 0x00400000; // a NaN stays one
  else
    u += 0x7fff + (u >> 16 & 1); // to nearest, ties to even
  const uint16_t h = (uint16_t)(u >> 16);
  __bf16 r;
  memcpy(&r, &h, sizeof r);
  return r;
}
