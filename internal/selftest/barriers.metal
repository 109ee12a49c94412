// Kernels that hand values from thread to thread many times: each is wrong without
// any of its barriers, as soon as the threads do not advance all at once.
#include <metal_stdlib>
using namespace metal;

// Through threadgroup memory, between all threads of a threadgroup. After k rounds
// thread t has the value that thread t + 37 k began with, and k.
kernel void through_threadgroup(device uint *out [[buffer(0)]], constant uint &rounds [[buffer(1)]], threadgroup uint *shared [[threadgroup(0)]],
                                uint t [[thread_index_in_threadgroup]], uint n [[threads_per_threadgroup]],
                                uint group [[threadgroup_position_in_grid]]) {
    shared[t] = t + group;
    for (uint i = 0; i < rounds; i++) {
        threadgroup_barrier(mem_flags::mem_threadgroup);
        const uint x = shared[(t + 37) % n];
        threadgroup_barrier(mem_flags::mem_threadgroup);
        shared[t] = x + 1;
    }
    out[group * n + t] = shared[t];
}

// The same through device memory.
kernel void through_device(device uint *out [[buffer(0)]], constant uint &rounds [[buffer(1)]], threadgroup uint *unused [[threadgroup(0)]],
                           uint t [[thread_index_in_threadgroup]], uint n [[threads_per_threadgroup]],
                           uint group [[threadgroup_position_in_grid]]) {
    device uint *shared = out + group * n;
    shared[t] = t + group;
    for (uint i = 0; i < rounds; i++) {
        threadgroup_barrier(mem_flags::mem_device);
        const uint x = shared[(t + 37) % n];
        threadgroup_barrier(mem_flags::mem_device);
        shared[t] = x + 1;
    }
}

// The same between the lanes of each simdgroup, five apart.
kernel void through_simdgroup(device uint *out [[buffer(0)]], constant uint &rounds [[buffer(1)]], threadgroup uint *shared [[threadgroup(0)]],
                              uint t [[thread_index_in_threadgroup]], uint n [[threads_per_threadgroup]],
                              uint group [[threadgroup_position_in_grid]], uint lane [[thread_index_in_simdgroup]]) {
    threadgroup uint *mine = shared + (t - lane);
    mine[lane] = t + group;
    for (uint i = 0; i < rounds; i++) {
        simdgroup_barrier(mem_flags::mem_threadgroup);
        const uint x = mine[(lane + 5) % 32];
        simdgroup_barrier(mem_flags::mem_threadgroup);
        mine[lane] = x + 1;
    }
    out[group * n + t] = mine[lane];
}

// One link of a chain of dispatches: each reads what the one before wrote, in
// another threadgroup. Links in another order give other values.
kernel void hand_on(device const uint *in [[buffer(0)]], device uint *out [[buffer(1)]], constant uint &n [[buffer(2)]],
                    constant uint &link [[buffer(3)]], uint i [[thread_position_in_grid]]) {
    out[i] = in[(i + 1537) % n] * 3 + link;
}
