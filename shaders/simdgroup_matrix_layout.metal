// Which element of a simdgroup_float8x8 which lane has. Metal has functions that
// load and store a whole matrix, and thread_elements() for the two elements that a
// lane holds, but does not say which two. Kernels that make matrices of what lanes
// have computed, or compute with what lanes get, have to know:
//
//   lane      0 1 | 8 9      row 0, columns 0 2 | 4 6
//             2 3 | 10 11        1
//             4 5 | 12 13        2
//             6 7 | 14 15        3
//            16 .. 23 | 24 ..    4 to 7, likewise
//
// A lane's second element is in the column after its first. MLX, among others,
// relies on this too; the kernel below finds out.

#define EDGE 8  // rows and columns of a matrix

inline ushort matrix_row(ushort lane) { return ((lane >> 2) & 4) | ((lane >> 1) & 3); }
inline ushort matrix_column(ushort lane) { return ((lane >> 1) & 4) | ((lane & 1) << 1); }

// Small whole numbers, without a pattern that a transposed or permuted matrix has
// too: sums of their products are exact.
inline float trial_element(uint matrix, ushort row, ushort column) {
    const uint x = (matrix * 64u + row * 8u + column + 1u) * 2654435761u;
    return float(x >> 28) - 8.0f;
}

// Multiplies and adds known matrices as the attention kernel does, and compares
// what each lane gets. Dispatched with one simdgroup; wrong[lane] gets a bit for
// each of the lane's two elements that is another one's. (kernels.Source.Check.)
kernel void simdgroup_matrix_layout(device uint *wrong [[buffer(0)]], ushort lane [[thread_index_in_simdgroup]]) {
    const ushort row = matrix_row(lane), column = matrix_column(lane);
    simdgroup_float8x8 a, b, sum;
    a.thread_elements()[0] = trial_element(0, row, column);
    a.thread_elements()[1] = trial_element(0, row, column + 1);
    b.thread_elements()[0] = trial_element(1, row, column);
    b.thread_elements()[1] = trial_element(1, row, column + 1);
    sum.thread_elements()[0] = trial_element(2, row, column);
    sum.thread_elements()[1] = trial_element(2, row, column + 1);
    simdgroup_multiply_accumulate(sum, a, b, sum);
    float first = trial_element(2, row, column), second = trial_element(2, row, column + 1);
    for (ushort k = 0; k < EDGE; k++) {
        first += trial_element(0, row, k) * trial_element(1, k, column);
        second += trial_element(0, row, k) * trial_element(1, k, column + 1);
    }
    wrong[lane] = (sum.thread_elements()[0] != first ? 1u : 0u) | (sum.thread_elements()[1] != second ? 2u : 0u);
}
