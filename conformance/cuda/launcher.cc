// launcher SOCKET: launches kernels the way Metal does, for a client that connects through a Unix socket it listens on.
//
// Modules are cubins whose kernel describes its arguments in the array msl_arguments (package msl). A request is an
// operation, a length and so many bytes; a reply is a status, a length and so many bytes: those of the result if the status
// is 0, else a message. Numbers are little endian. What Metal refuses is refused: more than 32768 bytes of threadgroup
// memory, more than 1024 threads. The driver is opened at run time, so that building needs no more than cuda.h.
#include <cuda.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#define NAME_OF(f) #f
#define SYMBOL(f) NAME_OF(f)  // cuda.h names the current version of a function by a macro, such as cuMemAlloc_v2
#define FUNCTIONS(F)                                                                                                   \
  F(cuInit) F(cuDriverGetVersion) F(cuDeviceGet) F(cuDeviceGetName) F(cuDeviceGetAttribute) F(cuDeviceTotalMem)         \
  F(cuDevicePrimaryCtxRetain) F(cuCtxSetCurrent) F(cuCtxSynchronize) F(cuGetErrorName) F(cuModuleLoad)                  \
  F(cuModuleGetFunction) F(cuModuleGetGlobal) F(cuFuncGetAttribute) F(cuMemAlloc) F(cuMemFree) F(cuMemcpyHtoD)          \
  F(cuMemcpyDtoH) F(cuMemcpyDtoD) F(cuMemsetD8) F(cuLaunchKernel) F(cuStreamCreate) F(cuStreamSynchronize)              \
  F(cuStreamBeginCapture) F(cuStreamEndCapture) F(cuGraphInstantiateWithFlags) F(cuGraphLaunch) F(cuGraphDestroy)       \
  F(cuGraphExecDestroy) F(cuEventCreate) F(cuEventRecord) F(cuEventSynchronize) F(cuEventElapsedTime)

struct Driver {
#define DECLARE(f) decltype(&::f) f##_;
  FUNCTIONS(DECLARE)
} cu;

static std::string problem;  // what went wrong with the request that is served

static bool fail(const std::string &text) {
  if (problem.empty()) problem = text;
  return false;
}

static bool succeeded(CUresult r, const char *call) {
  if (r == CUDA_SUCCESS) return true;
  const char *name = nullptr;
  if (cu.cuGetErrorName_) cu.cuGetErrorName_(r, &name);
  return fail(std::string(call) + ": " + (name ? name : std::to_string((int)r)));
}
#define TRY(f, ...)                                      \
  do {                                                   \
    if (!succeeded(cu.f##_(__VA_ARGS__), #f)) return false; \
  } while (0)

static bool open_driver() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  if (!library) return fail(dlerror());
#define FIND(f)                                                       \
  cu.f##_ = (decltype(cu.f##_))dlsym(library, SYMBOL(f));             \
  if (!cu.f##_) return fail(std::string("libcuda.so.1 has no ") + SYMBOL(f));
  FUNCTIONS(FIND)
  return true;
}

static bool all(int socket, void *data, size_t length, bool send) {
  for (char *p = (char *)data; length > 0;) {
    const ssize_t n = send ? write(socket, p, length) : read(socket, p, length);
    if (n <= 0) return false;
    p += n, length -= n;
  }
  return true;
}

// The bytes of a request, read from the front.
struct Reader {
  const char *p, *end;
  template <class T> bool get(T *v) {
    if ((size_t)(end - p) < sizeof *v) return fail("a request that ends too early");
    memcpy(v, p, sizeof *v);
    p += sizeof *v;
    return true;
  }
  bool text(std::string *s) {
    uint32_t n;
    if (!get(&n)) return false;
    if ((size_t)(end - p) < n) return fail("a request that ends too early");
    s->assign(p, n);
    p += n;
    return true;
  }
};

template <class T> static void put(std::string &out, T v) { out.append((const char *)&v, sizeof v); }

struct Module {
  CUmodule module;
  CUfunction function;
  std::vector<int> arguments;  // index, kind, bytes of each
  int static_memory;
};
static std::vector<Module> modules;

// A launch as it was sent. Argument values stay where they are in the request.
struct Launch {
  uint32_t module, grid[3], threadgroup[3], dynamic, count;
  std::vector<std::string> arguments;
  std::vector<void *> pointers;

  bool read(Reader &in) {
    if (!in.get(&module) || !in.get(&grid) || !in.get(&threadgroup) || !in.get(&dynamic) || !in.get(&count)) return false;
    if (module >= modules.size()) return fail("no module " + std::to_string(module));
    const Module &m = modules[module];
    if (count != m.arguments.size() / 3) return fail("the kernel has " + std::to_string(m.arguments.size() / 3) + " arguments, and " + std::to_string(count) + " came");
    const uint64_t threads = (uint64_t)threadgroup[0] * threadgroup[1] * threadgroup[2], memory = (uint64_t)m.static_memory + dynamic;
    if (threads < 1 || threads > 1024) return fail(std::to_string(threads) + " threads a threadgroup: Metal takes 1 to 1024");
    if (memory > 32768) return fail(std::to_string(memory) + " bytes of threadgroup memory: Metal takes 32768");
    arguments.resize(count);
    for (uint32_t i = 0; i < count; i++) {
      if (!in.text(&arguments[i])) return false;
      const size_t need = m.arguments[3 * i + 1] == 1 ? m.arguments[3 * i + 2] : m.arguments[3 * i + 1] == 2 ? 4 : 8;
      if (arguments[i].size() != need) return fail("argument " + std::to_string(i) + " has " + std::to_string(need) + " bytes, and " + std::to_string(arguments[i].size()) + " came");
    }
    for (auto &a : arguments) pointers.push_back((void *)a.data());
    return true;
  }
  bool run(CUstream stream) {
    TRY(cuLaunchKernel, modules[module].function, grid[0], grid[1], grid[2], threadgroup[0], threadgroup[1], threadgroup[2], dynamic, stream, pointers.data(), nullptr);
    return true;
  }
};

static bool describe(std::string &out) {
  CUdevice device;
  char name[256] = {};
  size_t memory;
  int version;
  TRY(cuDeviceGet, &device, 0);
  TRY(cuDeviceGetName, name, sizeof name - 1, device);
  TRY(cuDeviceTotalMem, &memory, device);
  TRY(cuDriverGetVersion, &version);
  int values[4];
  const CUdevice_attribute which[4] = {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE};
  for (int i = 0; i < 4; i++) TRY(cuDeviceGetAttribute, &values[i], which[i], device);
  for (int v : values) put(out, v);
  put(out, version);
  put(out, (uint64_t)memory);
  out += name;
  return true;
}

static bool load(Reader &in, std::string &out) {
  std::string path, name;
  if (!in.text(&path) || !in.text(&name)) return false;
  Module m;
  CUdeviceptr table;
  size_t bytes;
  TRY(cuModuleLoad, &m.module, path.c_str());
  TRY(cuModuleGetFunction, &m.function, m.module, name.c_str());
  TRY(cuModuleGetGlobal, &table, &bytes, m.module, "msl_arguments");
  m.arguments.resize(bytes / sizeof(int));
  TRY(cuMemcpyDtoH, m.arguments.data(), table, bytes);
  if (m.arguments.size() % 3 != 1 || m.arguments.back() != -1) return fail("msl_arguments does not end in -1");
  m.arguments.pop_back();
  int registers, local, threads;
  TRY(cuFuncGetAttribute, &m.static_memory, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, m.function);
  TRY(cuFuncGetAttribute, &registers, CU_FUNC_ATTRIBUTE_NUM_REGS, m.function);
  TRY(cuFuncGetAttribute, &local, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, m.function);
  TRY(cuFuncGetAttribute, &threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, m.function);
  if (m.static_memory > 32768) return fail(std::to_string(m.static_memory) + " bytes of threadgroup memory: Metal takes 32768");
  put(out, (uint32_t)modules.size());
  for (int v : {registers, local, m.static_memory, threads}) put(out, v);
  put(out, (uint32_t)(m.arguments.size() / 3));
  for (int v : m.arguments) put(out, v);
  modules.push_back(m);
  return true;
}

// Repeats a block of bytes over memory.
static bool tile(Reader &in) {
  uint64_t address, length;
  std::string block;
  if (!in.get(&address) || !in.get(&length) || !in.text(&block)) return false;
  if (block.empty()) return fail("an empty block");
  uint64_t done = block.size() < length ? block.size() : length;
  TRY(cuMemcpyHtoD, address, block.data(), done);
  while (done < length) {
    const uint64_t n = done < length - done ? done : length - done;
    TRY(cuMemcpyDtoD, address + done, address, n);
    done += n;
  }
  TRY(cuCtxSynchronize);
  return true;
}

// Milliseconds of each replay of a graph of launches.
static bool time(Reader &in, std::string &out) {
  uint32_t count, replays;
  if (!in.get(&count) || !in.get(&replays)) return false;
  std::vector<Launch> launches(count);
  for (auto &l : launches)
    if (!l.read(in)) return false;
  static CUstream stream;
  static CUevent begin, end;
  if (!stream) {
    TRY(cuStreamCreate, &stream, CU_STREAM_NON_BLOCKING);
    TRY(cuEventCreate, &begin, CU_EVENT_DEFAULT);
    TRY(cuEventCreate, &end, CU_EVENT_DEFAULT);
  }
  for (auto &l : launches)
    if (!l.run(stream)) return false;
  TRY(cuStreamSynchronize, stream);
  CUgraph graph;
  CUgraphExec executable;
  TRY(cuStreamBeginCapture, stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  bool captured = true;
  for (auto &l : launches) captured = captured && l.run(stream);
  TRY(cuStreamEndCapture, stream, &graph);
  if (!captured) return false;
  TRY(cuGraphInstantiateWithFlags, &executable, graph, 0);
  TRY(cuGraphLaunch, executable, stream);  // warms up
  for (uint32_t i = 0; i < replays; i++) {
    float ms;
    TRY(cuEventRecord, begin, stream);
    TRY(cuGraphLaunch, executable, stream);
    TRY(cuEventRecord, end, stream);
    TRY(cuEventSynchronize, end);
    TRY(cuEventElapsedTime, &ms, begin, end);
    put(out, ms);
  }
  TRY(cuGraphExecDestroy, executable);
  TRY(cuGraphDestroy, graph);
  return true;
}

enum Operation { Describe = 1, Load, Allocate, Free, Write, Read, Fill, Tile, Run, Synchronize, Time };

static bool serve(uint32_t operation, Reader in, std::string &out) {
  uint64_t address, length;
  switch (operation) {
    case Describe: return describe(out);
    case Load: return load(in, out);
    case Allocate: {
      CUdeviceptr p;
      if (!in.get(&length)) return false;
      TRY(cuMemAlloc, &p, length);
      put(out, (uint64_t)p);
      return true;
    }
    case Free:
      if (!in.get(&address)) return false;
      TRY(cuMemFree, address);
      return true;
    case Write:
      if (!in.get(&address)) return false;
      TRY(cuMemcpyHtoD, address, in.p, in.end - in.p);
      return true;
    case Read:
      if (!in.get(&address) || !in.get(&length)) return false;
      out.resize(length);
      TRY(cuMemcpyDtoH, &out[0], address, length);
      return true;
    case Fill: {
      uint32_t byte;
      if (!in.get(&address) || !in.get(&length) || !in.get(&byte)) return false;
      TRY(cuMemsetD8, address, (unsigned char)byte, length);
      TRY(cuCtxSynchronize);
      return true;
    }
    case Tile: return tile(in);
    case Run: {
      Launch l;
      return l.read(in) && l.run(nullptr);
    }
    case Synchronize: TRY(cuCtxSynchronize); return true;
    case Time: return time(in, out);
  }
  return fail("no operation " + std::to_string(operation));
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: launcher SOCKET\n"), 2;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
  const int s = socket(AF_UNIX, SOCK_STREAM, 0);
  if (s < 0 || connect(s, (sockaddr *)&address, sizeof address) != 0) return perror(argv[1]), 1;
  CUdevice device;
  CUcontext context;
  const auto begin = [&]() -> bool {
    if (!open_driver()) return false;
    TRY(cuInit, 0);
    TRY(cuDeviceGet, &device, 0);
    TRY(cuDevicePrimaryCtxRetain, &context, device);
    TRY(cuCtxSetCurrent, context);
    return true;
  };
  const bool ready = begin();
  if (!ready) fprintf(stderr, "launcher: %s\n", problem.c_str());
  std::vector<char> request;
  for (;;) {
    uint32_t operation;
    uint64_t length;
    if (!all(s, &operation, sizeof operation, false) || !all(s, &length, sizeof length, false)) return 0;
    request.resize(length);
    if (!all(s, request.data(), length, false)) return 1;
    if (ready) problem.clear();
    std::string out;
    const bool ok = ready && serve(operation, Reader{request.data(), request.data() + length}, out);
    if (!ok) out = problem;
    uint32_t status = ok ? 0 : 1;
    length = out.size();
    if (!all(s, &status, sizeof status, true) || !all(s, &length, sizeof length, true) || !all(s, &out[0], length, true)) return 1;
  }
}
