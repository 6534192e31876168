// Preloaded into User-Mode Linux: ptrace() that always writes the whole set of a process's vector registers.
//
// Linux takes the extended registers of a traced process only as a whole, and on a processor with AMX they
// are 11 KB. User-Mode Linux 6.1 has room for less: it reads their beginning, writes that back, is refused,
// and gives up before its first process has begun. Here what it does not know keeps the value that it has.
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstring>

namespace {

// One thread of that kernel traces, one process at a time.
alignas(64) std::array<char, 64 << 10> registers;

long call(long request, pid_t pid, void* address, void* data) {
  return ::syscall(SYS_ptrace, request, pid, address, data);
}

}  // namespace

extern "C" long ptrace(__ptrace_request request, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, request);
  const pid_t pid = va_arg(arguments, pid_t);
  void* const address = va_arg(arguments, void*);
  void* data = va_arg(arguments, void*);
  va_end(arguments);
  if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER) {
    // The system call stores what the function returns.
    long word = 0;
    return call(request, pid, address, &word) < 0 ? -1 : word;
  }
  iovec whole{registers.data(), registers.size()};
  if (request == PTRACE_SETREGSET && address == reinterpret_cast<void*>(NT_X86_XSTATE) &&
      call(PTRACE_GETREGSET, pid, address, &whole) == 0) {
    const auto& known = *static_cast<const iovec*>(data);
    if (known.iov_len < whole.iov_len) {
      std::memcpy(registers.data(), known.iov_base, known.iov_len);
      data = &whole;
    }
  }
  return call(request, pid, address, data);
}
