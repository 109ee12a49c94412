// What a translated kernel asks of the runtime that it is linked with.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif

// A call where lanes meet: its place in the MSL source and the function called.
struct __msl_site {
  const char *function;
  unsigned line, column;
};

// What the lanes that met have given, by lane index. Valid until the lane meets others a second time.
struct __msl_exchange {
  unsigned active; // bit i: lane i is there
  unsigned char in[32][64];
};

// Waits for the other lanes of the simdgroup (lanes = 32) or of the quadgroup (lanes = 4).
const struct __msl_exchange *__msl_meet(const void *value, unsigned size, unsigned lanes, const struct __msl_site *site);
// Waits for the simdgroup (lanes = 32) or the whole threadgroup (lanes = 0).
void __msl_wait(unsigned lanes, const struct __msl_site *site);
unsigned __msl_lane(void);
// Whether sums go lane by lane rather than by halves.
int __msl_linear(void);

// One argument of a message: an integer, widened, or the bits of a double.
struct __msl_logged {
  unsigned long bits;
};
// Sends a message of the type that log_type has, if somebody takes it. Subsystem and category may be null.
void __msl_log(int type, const char *subsystem, const char *category, const char *format, const struct __msl_logged *values);

// A threadgroup variable. The runtime gives it an address and NaN contents before each threadgroup.
struct __msl_threadgroup_variable {
  void *address;
  unsigned long size, align;
  const char *name;
  unsigned long line;
};

// The arguments of one thread.
struct __msl_arguments {
  void *buffers[31], *memory[31]; // of the device, constant and threadgroup address spaces
  unsigned thread_position_in_grid[3], thread_position_in_threadgroup[3], threadgroup_position_in_grid[3];
  unsigned threads_per_threadgroup[3], dispatch_threads_per_threadgroup[3], threadgroups_per_grid[3], threads_per_grid[3], grid_origin[3];
  unsigned thread_index_in_threadgroup[3], thread_index_in_simdgroup[3], simdgroup_index_in_threadgroup[3], thread_index_in_quadgroup[3];
  unsigned quadgroup_index_in_threadgroup[3], simdgroups_per_threadgroup[3], quadgroups_per_threadgroup[3];
  unsigned dispatch_simdgroups_per_threadgroup[3], dispatch_quadgroups_per_threadgroup[3], threads_per_simdgroup[3];
};

// One argument with an index, for the reflection of the program.
struct __msl_argument {
  int in_threadgroup; // else a buffer
  int index, size, align, active, writable;
};

// One member of the struct that an argument points to.
struct __msl_member {
  int argument; // its place in the table of arguments
  int offset, size;
};

// These four are defined by the translated text.
void __msl_entry(const struct __msl_arguments *);
const struct __msl_argument *__msl_reflection(int *count);
const struct __msl_member *__msl_members(int *count);
int __msl_max_threads(void);
#ifdef __cplusplus
}
#endif
