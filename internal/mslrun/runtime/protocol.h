// What goes over the pipes between the executor and a program. The Go side is protocol.go; a test compares the layouts.
#pragma once
#include <stdint.h>

enum { MAX_BUFFERS = 31 };

struct binding {
  int64_t offset, length; // in the memory file; an inline binding's bytes follow the request
  int32_t inlined, unused;
};

struct request {
  uint32_t magic, bytes; // bytes: of inline data that follow
  uint64_t seed;
  uint32_t sequence, skew, linear, allow_divergent_simd, exact, unused;
  uint32_t grid[3], threadgroup[3];
  uint32_t log_level, log_room; // the least level of messages, and the bytes of their buffer; no bytes: nobody takes any
  uint32_t memory[MAX_BUFFERS], unused2;
  binding buffers[MAX_BUFFERS];
};

struct reply {
  uint32_t magic, kind; // kind: 0 or a FaultKind
  uint32_t has_thread, group[3], thread[3], simdgroup, lane;
  int32_t buffer; // index in the buffer table, or -1
  int32_t memory; // index of dynamic threadgroup memory, or -1
  uint32_t write;
  int64_t offset, length;
  uint64_t address;
  uint32_t line, other_line, lanes_there, lanes_missing;
  uint32_t name_bytes, text_bytes; // a name (of a function or variable) and a text follow
  uint32_t log_bytes, log_dropped; // then the messages
};

enum { REQUEST_MAGIC = 0x6c736d71, REPLY_MAGIC = 0x6c736d72 };

enum fault { NO_FAULT, BAD_ADDRESS, BAD_CANARY, BAD_BARRIER, BAD_SIMD, TIMED_OUT, STACK_OVERFLOW, ARITHMETIC, SANITIZER };
