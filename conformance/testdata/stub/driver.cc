// A driver without a GPU, built as libcuda.so.1. It keeps books as CUDA does: memory has bounds, what is captured does not
// run, and after a kernel's wrong address nothing works. A module is a text that says what its kernel is and does:
//
//	kernel NAME                 and then, of that kernel:
//	static BYTES                its threadgroup memory
//	argument INDEX KIND BYTES   one line each, as in msl_arguments
//	set N VALUE BYTES           fills BYTES bytes at the address in argument N
//	tell N                      writes what it was launched with to the address in argument N
//	count N                     adds one to the uint32 at the address in argument N
//	copy FROM TO BYTES          copies between the addresses in two arguments
//	hang                        does not end
//
// Each launch that runs takes half a millisecond of the events' time. If STUB_LOG names a file, each allocation, launch and
// what is left at the end is a line of it.
#include "cuda.h"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

static void note(const std::string &line) {
  if (const char *path = getenv("STUB_LOG")) std::ofstream(path, std::ios::app) << line << "\n";
}

static std::map<CUdeviceptr, size_t> allocations, tables; // tables are msl_arguments of modules
static CUresult broken = CUDA_SUCCESS;
static double clock_ms;

struct AtExit {
  ~AtExit() { note("left " + std::to_string(allocations.size())); }
} at_exit;

static char *memory(CUdeviceptr address, size_t bytes, const std::map<CUdeviceptr, size_t> &all = allocations) {
  auto at = all.upper_bound(address);
  if (at == all.begin()) return nullptr;
  --at;
  return address - at->first <= at->second && bytes <= at->second - (address - at->first) ? (char *)address : nullptr;
}

struct CUfunc_st {
  std::string name, path;
  int static_memory = 0;
  std::vector<int> arguments;
  std::vector<std::vector<std::string>> does;
};
struct CUmod_st {
  CUfunc_st function;
  CUdeviceptr table;
};
struct Launched {
  CUfunction function;
  uint32_t size[7];
  std::vector<std::string> arguments;
};
struct CUstream_st {
  bool capturing = false;
  std::vector<Launched> captured;
};
struct CUgraph_st {
  std::vector<Launched> launches;
};
struct CUgraphExec_st {
  std::vector<Launched> launches;
};
struct CUevent_st {
  double at;
};

static CUdeviceptr address_of(const Launched &l, size_t n) {
  CUdeviceptr a = 0;
  if (n < l.arguments.size() && l.arguments[n].size() == 8) memcpy(&a, l.arguments[n].data(), 8);
  return a;
}

static CUresult execute(const Launched &l) {
  if (broken) return broken;
  clock_ms += 0.5;
  note("launch " + l.function->name + " of " + l.function->path.substr(l.function->path.rfind('/') + 1));
  for (auto &words : l.function->does) {
    CUdeviceptr a = words.size() > 1 ? address_of(l, atoi(words[1].c_str())) : 0;
    std::string bytes;
    if (words[0] == "hang") {
      for (;;) sleep(1);
    } else if (words[0] == "set") {
      bytes.assign(atoi(words[3].c_str()), (char)atoi(words[2].c_str()));
    } else if (words[0] == "copy") {
      const char *from = memory(a, atoi(words[3].c_str()));
      if (!from) return broken = CUDA_ERROR_ILLEGAL_ADDRESS, CUDA_SUCCESS;
      bytes.assign(from, atoi(words[3].c_str()));
      a = address_of(l, atoi(words[2].c_str()));
    } else if (words[0] == "tell") {
      bytes.assign((const char *)l.size, sizeof l.size);
      for (auto &argument : l.arguments) bytes += argument;
    } else if (words[0] == "count") {
      uint32_t n = 0;
      if (char *p = memory(a, sizeof n)) memcpy(&n, p, sizeof n);
      n++;
      bytes.assign((const char *)&n, sizeof n);
    }
    char *p = memory(a, bytes.size());
    if (!p) return broken = CUDA_ERROR_ILLEGAL_ADDRESS, CUDA_SUCCESS; // which the next call hears of
    memcpy(p, bytes.data(), bytes.size());
  }
  return CUDA_SUCCESS;
}

#define WORKING \
  if (broken) return broken

CUresult cuInit(unsigned) { return CUDA_SUCCESS; }
CUresult cuDriverGetVersion(int *version) { return *version = 12080, CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice *device, int ordinal) { return *device = 0, ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE; }
CUresult cuDeviceGetName(char *name, int length, CUdevice) { return snprintf(name, length, "Stub 9000"), CUDA_SUCCESS; }
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice) {
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 132; return CUDA_SUCCESS;
    case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: *value = 50 << 20; return CUDA_SUCCESS;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = 9; return CUDA_SUCCESS;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = 1; return CUDA_SUCCESS;
  }
  return CUDA_ERROR_INVALID_VALUE;
}
CUresult cuDeviceTotalMem(size_t *bytes, CUdevice) { return *bytes = 80ull << 30, CUDA_SUCCESS; }
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice) { return *context = nullptr, CUDA_SUCCESS; }
CUresult cuCtxSetCurrent(CUcontext) { return CUDA_SUCCESS; }
CUresult cuCtxSynchronize(void) { return broken; }
CUresult cuGetErrorName(CUresult error, const char **name) {
  switch (error) {
    case CUDA_ERROR_INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; break;
    case CUDA_ERROR_OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
    case CUDA_ERROR_FILE_NOT_FOUND: *name = "CUDA_ERROR_FILE_NOT_FOUND"; break;
    case CUDA_ERROR_NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; break;
    case CUDA_ERROR_ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; break;
    default: return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

CUresult cuModuleLoad(CUmodule *module, const char *path) {
  WORKING;
  std::ifstream in(path);
  if (!in) return CUDA_ERROR_FILE_NOT_FOUND;
  CUmodule m = new CUmod_st;
  m->function.path = path;
  for (std::string line; std::getline(in, line);) {
    std::istringstream split(line);
    std::vector<std::string> words;
    for (std::string w; split >> w;) words.push_back(w);
    if (words.empty()) continue;
    if (words[0] == "kernel") m->function.name = words[1];
    else if (words[0] == "static") m->function.static_memory = atoi(words[1].c_str());
    else if (words[0] == "argument")
      for (int i = 1; i < 4; i++) m->function.arguments.push_back(atoi(words[i].c_str()));
    else m->function.does.push_back(words);
  }
  std::vector<int> table = m->function.arguments;
  table.push_back(-1);
  m->table = (CUdeviceptr)malloc(table.size() * sizeof(int));
  memcpy((void *)m->table, table.data(), table.size() * sizeof(int));
  tables[m->table] = table.size() * sizeof(int);
  *module = m;
  return CUDA_SUCCESS;
}
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  *function = &module->function;
  return module->function.name == name ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}
CUresult cuModuleGetGlobal(CUdeviceptr *address, size_t *bytes, CUmodule module, const char *name) {
  *address = module->table;
  *bytes = (module->function.arguments.size() + 1) * sizeof(int);
  return strcmp(name, "msl_arguments") ? CUDA_ERROR_NOT_FOUND : CUDA_SUCCESS;
}
CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function) {
  switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = 1024; return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = function->static_memory; return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES: *value = 8; return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_NUM_REGS: *value = 40; return CUDA_SUCCESS;
  }
  return CUDA_ERROR_INVALID_VALUE;
}

CUresult cuMemAlloc(CUdeviceptr *address, size_t bytes) {
  WORKING;
  if (bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  if (bytes > 1ull << 32) return CUDA_ERROR_OUT_OF_MEMORY;
  *address = (CUdeviceptr)calloc(1, bytes);
  allocations[*address] = bytes;
  note("allocate " + std::to_string(bytes));
  return CUDA_SUCCESS;
}
CUresult cuMemFree(CUdeviceptr address) {
  WORKING;
  if (!allocations.erase(address)) return CUDA_ERROR_INVALID_VALUE;
  free((void *)address);
  return CUDA_SUCCESS;
}
CUresult cuMemcpyHtoD(CUdeviceptr to, const void *from, size_t bytes) {
  WORKING;
  char *p = memory(to, bytes);
  return p ? memcpy(p, from, bytes), CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
CUresult cuMemcpyDtoH(void *to, CUdeviceptr from, size_t bytes) {
  WORKING;
  char *p = memory(from, bytes);
  if (!p) p = memory(from, bytes, tables);
  return p ? memcpy(to, p, bytes), CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
CUresult cuMemcpyDtoD(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  WORKING;
  char *p = memory(to, bytes), *q = memory(from, bytes);
  return p && q ? memcpy(p, q, bytes), CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
CUresult cuMemsetD8(CUdeviceptr address, unsigned char value, size_t bytes) {
  WORKING;
  char *p = memory(address, bytes);
  return p ? memset(p, value, bytes), CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuLaunchKernel(CUfunction f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, CUstream stream, void **arguments, void **) {
  WORKING;
  if (!gx || !gy || !gz) return CUDA_ERROR_INVALID_VALUE;
  Launched l = {f, {gx, gy, gz, bx, by, bz, shared}, {}};
  for (size_t i = 0; i < f->arguments.size() / 3; i++) {
    const int kind = f->arguments[3 * i + 1];
    l.arguments.emplace_back((const char *)arguments[i], kind == 1 ? f->arguments[3 * i + 2] : kind == 2 ? 4 : 8);
  }
  if (stream && stream->capturing) return stream->captured.push_back(l), CUDA_SUCCESS;
  return execute(l);
}
CUresult cuStreamCreate(CUstream *stream, unsigned) { return *stream = new CUstream_st, CUDA_SUCCESS; }
CUresult cuStreamSynchronize(CUstream) { return broken; }
CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode) { return stream->capturing = true, CUDA_SUCCESS; }
CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  *graph = new CUgraph_st{stream->captured};
  stream->captured.clear();
  stream->capturing = false;
  return CUDA_SUCCESS;
}
CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) { return *executable = new CUgraphExec_st{graph->launches}, CUDA_SUCCESS; }
CUresult cuGraphLaunch(CUgraphExec executable, CUstream) {
  for (auto &l : executable->launches)
    if (CUresult r = execute(l)) return r;
  return CUDA_SUCCESS;
}
CUresult cuGraphDestroy(CUgraph graph) { return delete graph, CUDA_SUCCESS; }
CUresult cuGraphExecDestroy(CUgraphExec executable) { return delete executable, CUDA_SUCCESS; }
CUresult cuEventCreate(CUevent *event, unsigned) { return *event = new CUevent_st, CUDA_SUCCESS; }
CUresult cuEventRecord(CUevent event, CUstream) { return event->at = clock_ms, CUDA_SUCCESS; }
CUresult cuEventSynchronize(CUevent) { return broken; }
CUresult cuEventElapsedTime(float *milliseconds, CUevent begin, CUevent end) { return *milliseconds = (float)(end->at - begin->at), CUDA_SUCCESS; }
