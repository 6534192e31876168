// Sources of randomness, made the same in every execution, and the number of cores, made the same on every
// machine.
#include <sched.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>

#include "hook.hpp"
#include "next_symbol.hpp"
#include "random_bytes.hpp"

namespace racecourse::schedules {

namespace {

constexpr std::uint64_t kStart = 0x853C49E6748FEA9Bu;
constexpr int kCores = 4;

std::uint64_t state = kStart;
std::uint64_t rand_state = 1;

// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
std::uint64_t draw(std::uint64_t& from) {
  from += 0x9E3779B97F4A7C15u;
  std::uint64_t z = from;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

int next_rand() { return static_cast<int>(draw(rand_state) & RAND_MAX); }

}  // namespace

void restart_random_bytes() {
  state = kStart;
  rand_state = 1;
}

void fill_with_random_bytes(void* memory, std::size_t size) {
  auto* to = static_cast<unsigned char*>(memory);
  for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<unsigned char>(draw(state) >> 56);
}

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int rand() { return in_world ? next_rand() : next<"rand", int>(); }
RACECOURSE_HOOK void srand(unsigned seed) { in_world ? void(rand_state = seed) : next<"srand", void>(seed); }
RACECOURSE_HOOK long random() { return in_world ? next_rand() : next<"random", long>(); }
RACECOURSE_HOOK void srandom(unsigned seed) {
  in_world ? void(rand_state = seed) : next<"srandom", void>(seed);
}

RACECOURSE_HOOK ssize_t getrandom(void* memory, std::size_t size, unsigned flags) {
  if (!in_world) return next<"getrandom", ssize_t>(memory, size, flags);
  fill_with_random_bytes(memory, size);
  return static_cast<ssize_t>(size);
}

RACECOURSE_HOOK int getentropy(void* memory, std::size_t size) {
  if (!in_world) return next<"getentropy", int>(memory, size);
  fill_with_random_bytes(memory, size);
  return 0;
}

RACECOURSE_HOOK std::uint32_t arc4random() {
  std::uint32_t value = 0;
  if (in_world) {
    fill_with_random_bytes(&value, sizeof value);
  } else {
    value = next<"arc4random", std::uint32_t>();
  }
  return value;
}

// std::random_device::_M_getval(), which would read the processor's generator.
RACECOURSE_HOOK unsigned racecourse_random_device(void* device) asm("_ZNSt13random_device9_M_getvalEv");
unsigned racecourse_random_device(void* device) {
  if (!in_world) return next<"_ZNSt13random_device9_M_getvalEv", unsigned>(device);
  unsigned value = 0;
  fill_with_random_bytes(&value, sizeof value);
  return value;
}

RACECOURSE_HOOK int get_nprocs() { return in_world ? kCores : next<"get_nprocs", int>(); }

RACECOURSE_HOOK long sysconf(int name) {
  if (in_world && (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF)) return kCores;
  return next<"sysconf", long>(name);
}
