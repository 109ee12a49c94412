// Which element of a simdgroup_float8x8 which lane has: Metal does not say. For
// each lane the numbers of its two elements, row * 8 + column; then, as a test that
// the matrices multiply at all, the product of that matrix with itself.
#include <metal_stdlib>
using namespace metal;

kernel void matrix_layout(device const float *in [[buffer(0)]], device float *elements [[buffer(1)]], device float *product [[buffer(2)]],
                          ushort lane [[thread_index_in_simdgroup]]) {
    simdgroup_float8x8 m;
    simdgroup_load(m, in, 8);
    elements[2 * lane] = m.thread_elements()[0];
    elements[2 * lane + 1] = m.thread_elements()[1];
    simdgroup_float8x8 sum = make_filled_simdgroup_matrix<float, 8, 8>(0.0f);
    simdgroup_multiply_accumulate(sum, m, m, sum);
    simdgroup_store(sum, product, 8);
}
