#include "racecourse/scenario.hpp"

#include <cxxabi.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

#include "channel.hpp"
#include "driver.hpp"

namespace racecourse {

std::uint64_t Inputs::bits() {
  // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::int64_t Inputs::between(std::int64_t low, std::int64_t high) {
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  if (range == 0) return static_cast<std::int64_t>(bits());
  // Rejects the incomplete last multiple of `range`, so that every value is equally likely.
  const std::uint64_t unusable = (0 - range) % range;
  std::uint64_t draw = bits();
  while (draw < unusable) draw = bits();
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw % range);
}

std::string Inputs::word(std::size_t length) {
  std::string out(length, ' ');
  for (char& letter : out) letter = static_cast<char>('a' + between(0, 25));
  return out;
}

Inputs& inputs() {
  static Inputs instance(driver::input_seed());
  return instance;
}

namespace {

constexpr std::array<std::string_view, 9> kFaultTexts = {
    "wrong_outcome", "lost_update",  "deadlock", "lost_wakeup",     "starvation",
    "thread_leak",   "process_leak", "zombie",   "descriptor_leak",
};

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  return name ? name.get() : type.name();
}

}  // namespace

void fail(Fault kind, std::string_view message) {
  channel::Message("fault")
      .text("name", kFaultTexts[static_cast<std::size_t>(kind)])
      .text("message", message)
      .send();
  // Keeps the driver's own tally right when it is run by hand.
  driver::count_failure();
}

bool expect(bool holds, Fault kind, std::string_view message) {
  if (!holds) fail(kind, message);
  return holds;
}

void report_duration(std::chrono::nanoseconds duration) {
  channel::Message("timed").json("ns", std::to_string(duration.count())).send();
}

namespace detail {

void observe_json(std::string_view name, const std::string& json) {
  channel::Message("observation").text("name", name).json("value", json).send();
}

std::string to_json(std::string_view value) { return channel::quoted(value); }
std::string to_json(bool value) { return value ? "true" : "false"; }
std::string to_json(std::int64_t value) { return std::to_string(value); }
std::string to_json(std::uint64_t value) { return std::to_string(value); }

void execute(void (*body)()) {
  try {
    body();
  } catch (const std::exception& error) {
    channel::Message("exception").text("name", type_name(typeid(error))).text("value", error.what()).send();
    driver::count_failure();
  }
  // Any other exception passes: doctest uses one of its own to leave a scenario after a failed REQUIRE.
}

}  // namespace detail

}  // namespace racecourse
