// What the parts of the runtime share.
#pragma once
#include "protocol.h"
#include <msl_runtime.h>
#include <stddef.h>
#include <stdint.h>

// One thread of the threadgroup that runs, as a fiber.
enum state : uint8_t { READY, MEETS, WAITS_SIMDGROUP, WAITS_THREADGROUP, DONE };
struct fiber {
  void *sp;
  char *stack; // its lowest byte, above a guard page
  state st;
  uint8_t lanes; // of MEETS: 32 or 4
  unsigned index;
  const __msl_site *site;
  const __msl_exchange *got;
  __msl_arguments args;
};

// memory.cc: the memory that kernels reach.
struct area {
  char *base;      // of the reserved addresses
  size_t reserved; // their bytes
  char *start;     // the first byte that may be touched
  size_t length;   // how many may be
  char *mapped;    // the pages that are mapped around them
  size_t pages;
  bool writable, file;
  int64_t offset;
  unsigned char slack[64]; // bytes after the end, as they were
  unsigned slack_bytes;
};
extern area buffers[MAX_BUFFERS], memories[MAX_BUFFERS];
void map_arguments(const request &q, const char *inlined);
void *address_of_buffer(int index);
void *address_of_memory(int index);
void reset_threadgroup_memory(const request &q);
// Finds what an address belongs to and fills in buffer, memory, offset, length and name. Returns whether it found something.
bool locate(uintptr_t address, reply &r, char *text, size_t room);
bool canaries(reply &r, char *text, size_t room); // whether all are intact
extern size_t static_threadgroup_bytes;
void lay_out_threadgroup_variables();

// log.cc: the messages of the dispatch.
void begin_log(const request &q);
const char *logged(uint32_t *bytes, uint32_t *dropped);

// schedule.cc: who runs when.
extern fiber *current;
bool run_dispatch(const request &q, reply &r, char *text, size_t room);
bool in_stack_guard(uintptr_t address);
void describe_thread(reply &r);

// main.cc
void finish(const reply &r, const char *name, const char *text);
const char *fault_name();
void set_fault_name(const char *);
