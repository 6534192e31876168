// Lets clang's libFuzzer guide code that g++ has compiled. g++ calls one function at every edge
// (-fsanitize-coverage=trace-pc); libFuzzer wants counters. The caller's address chooses a counter; two edges
// on one counter only cost guidance. The linker puts __wrap_X where X is called (--wrap, CMakeLists.txt).
#include <cstddef>
#include <cstdint>

namespace {

constexpr std::size_t kCounters = 1u << 16;
std::uint8_t counters[kCounters];

}  // namespace

extern "C" {

void __sanitizer_cov_8bit_counters_init(std::uint8_t* begin, std::uint8_t* end);

void __wrap___sanitizer_cov_trace_pc() {
  const auto edge = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  std::uint8_t& counter = counters[(edge ^ (edge >> 16)) % kCounters];
  if (counter < 255) ++counter;
}

[[gnu::constructor]] void register_counters() {
  __sanitizer_cov_8bit_counters_init(counters, counters + kCounters);
}
}
