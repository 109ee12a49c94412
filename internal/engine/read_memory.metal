// read_memory: read a buffer once, as fast as the memory gives it. Every thread
// adds up 16 bytes in every 16 * threads: neighbours read neighbouring bytes, and
// four loads a thread are under way at a time. The sums are stored so that no
// load can be left out.
#include <metal_stdlib>
using namespace metal;

kernel void read_memory(device const uint4 *x [[buffer(0)]], device uint *sums [[buffer(1)]], constant uint &vectors [[buffer(2)]],
                        uint i [[thread_position_in_grid]], uint threads [[threads_per_grid]])
{
    uint4 a = 0, b = 0, c = 0, d = 0;
    uint j = i;
    for (; j + 3 * threads < vectors; j += 4 * threads) {
        a += x[j];
        b += x[j + threads];
        c += x[j + 2 * threads];
        d += x[j + 3 * threads];
    }
    for (; j < vectors; j += threads) a += x[j];
    a += b + (c + d);
    sums[i] = a.x + a.y + (a.z + a.w);
}
