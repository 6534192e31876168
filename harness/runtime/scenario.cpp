#include "racecourse/scenario.hpp"

#include <array>

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

void driver::restart_inputs() { inputs() = Inputs(input_seed()); }

namespace {

constexpr std::array<std::string_view, 10> kFaultTexts = {
    "wrong_outcome", "lost_update",  "deadlock", "lost_wakeup",     "starvation",
    "thread_leak",   "process_leak", "zombie",   "descriptor_leak", "too_slow",
};

}  // namespace

void fail(Fault kind, std::string_view message) {
  const std::string_view text = kFaultTexts[static_cast<std::size_t>(kind)];
  if (detail::in_execution()) return driver::fail_in_execution(text, message);
  channel::Message("fault").text("name", text).text("message", message).send();
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
  if (in_execution()) return driver::observe_in_execution(name, json);
  channel::Message("observation").text("name", name).json("value", json).send();
}

std::string to_json(std::string_view value) { return channel::quoted(value); }
std::string to_json(bool value) { return value ? "true" : "false"; }
std::string to_json(std::int64_t value) { return std::to_string(value); }
std::string to_json(std::uint64_t value) { return std::to_string(value); }

void execute(void (*body)()) { driver::run_body(body); }

void fail_in_execution(const std::string& message) { driver::fail_in_execution("wrong_outcome", message); }

}  // namespace detail

}  // namespace racecourse
