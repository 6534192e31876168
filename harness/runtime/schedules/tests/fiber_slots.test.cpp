// Goal: the OS threads that lend fibers their TLS stay out of the world's way. Method: where the kernel says
// that they wait.
#include "fiber_slots.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace racecourse::schedules;

namespace {

const void* module_of(const void* address) {
  Dl_info info{};
  return ::dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

// The call in which a thread of this process waits, and the instruction after it.
struct Wait {
  std::string call;
  const void* pc = nullptr;
};
Wait wait_of(const std::filesystem::path& task) {
  for (;;) {
    // "running", or the call's number, its arguments, the stack pointer and the program counter.
    std::ifstream file(task / "syscall");
    std::string word;
    std::string first;
    std::string last;
    while (file >> word) {
      if (first.empty()) first = word;
      last = word;
    }
    if (first != "running") return {first, reinterpret_cast<const void*>(std::stoul(last, nullptr, 16))};
  }
}

}  // namespace

// In a function of the C library it could enter a hook of ours while the world runs on another thread, and be
// taken for one of the world's.
TEST_CASE("a parked thread waits in the runtime's own code") {
  REQUIRE(fresh_fiber_slot(0) != nullptr);
  int parked = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(::getpid())) continue;
    const Wait wait = wait_of(task.path());
    CHECK(wait.call == "34");  // pause()
    CHECK(module_of(wait.pc) == module_of(reinterpret_cast<const void*>(&fresh_fiber_slot)));
    ++parked;
  }
  CHECK(parked > 0);
}
