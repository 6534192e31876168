// The scenario API: what the author of a lab's scenario may use. C++20, g++ 12 and clang 14 and later.
//
// A scenario is one RACECOURSE_SCENARIO in labs/<lab>/scenarios/<name>.cpp. It drives the student's
// implementation through the lab's header, checks invariants with doctest's CHECK_MESSAGE, and records
// observations, which the harness compares with those of the reference on the same inputs. One process runs
// one scenario: once, or under the instrument `schedules` again and again, each time under another schedule.
//
// Rules that keep grades reproducible:
// - Draw every input from inputs(); take nothing from the clock, the address space or the process id.
// - Observe only what every right solution gives for the same inputs.
// - Check and observe from the main thread, after joining: a check inside a worker thread takes doctest's
// lock, and
//   that happens-before edge can hide a race from ThreadSanitizer. In a forked child all calls are ignored.
// - Do not wait for a duration, wait for an event. A scenario that hangs is ended by the harness, which tells
//   blocked from spinning; a scenario needs no timeouts of its own.
// - The sentence of a check is for the student: what was demanded and what happened instead, no internals.
//
// Under `schedules` besides:
// - Two or three threads and one or two calls each: every interleaving is tried, so nothing is gained by
// more.
// - No variable with static storage: what one execution changes the next one must not see.
// - Observe what depends on the schedule too (who won, say), if it is the same set of outcomes for every
// right
//   solution: an outcome that the reference cannot have is a finding.
// - CHECK_MESSAGE, REQUIRE_MESSAGE, CHECK, REQUIRE and FAIL only; doctest's others do not know of executions.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace racecourse {

// Random inputs, determined by the grading seed, the scenario's name and the number of the run. The same on
// every machine and standard library. One object a process; main thread only.
class Inputs {
 public:
  explicit Inputs(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t bits();
  // Uniform in [low, high], both included. low <= high.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);
  [[nodiscard]] bool coin() { return (bits() >> 63) != 0; }
  // `length` random letters a-z.
  [[nodiscard]] std::string word(std::size_t length);
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1],
                values[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(i) - 1))]);
  }

 private:
  std::uint64_t state_;
};

[[nodiscard]] Inputs& inputs();

// True while the scenario runs under that instrument, for work that must be smaller under ThreadSanitizer
// (which slows memory accesses about tenfold). What is demanded must not differ.
[[nodiscard]] bool under_tsan();
// True under the instrument `schedules`.
[[nodiscard]] bool under_schedules();

namespace detail {
void observe_json(std::string_view name, const std::string& json);
[[nodiscard]] std::string to_json(std::string_view value);
[[nodiscard]] std::string to_json(bool value);
[[nodiscard]] std::string to_json(std::int64_t value);
[[nodiscard]] std::string to_json(std::uint64_t value);
void execute(void (*body)());

// Whether the calling code runs in an execution of the controlled scheduler. Then a check must not use
// doctest, whose locks and memory are not part of the execution.
[[nodiscard]] bool in_execution();
// While it lives, what the calling thread does is no part of the execution.
class OutsideExecution {
 public:
  OutsideExecution();
  OutsideExecution(const OutsideExecution&) = delete;
  OutsideExecution& operator=(const OutsideExecution&) = delete;
  ~OutsideExecution();

 private:
  bool was_inside_;
};
// The check `expression` failed in this execution. Outside it.
void fail_in_execution(const std::string& message);
// Leaves the scenario's body; caught where it was called.
struct ScenarioAbandoned {};

// The sentence of a check, written as doctest allows it: `Sentence() * "limit ", limit` or with <<.
class Sentence {
 public:
  template <class T>
  Sentence& operator*(const T& part) {
    return *this << part;
  }
  template <class T>
  Sentence& operator,(const T& part) {
    return *this << part;
  }
  template <class T>
  Sentence& operator<<(const T& part) {
    text_ << part;
    return *this;
  }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
};
void begin_lock_free_operation();
void end_lock_free_operation();
}  // namespace detail

// An operation that must be lock-free: wherever other threads stop for ever, some thread's operation goes on
// to its end. Under `schedules` with a budget of `stopped_threads`, a thread may be stopped inside it at any
// step, and whoever then waits for it is found (not_lock_free). Elsewhere it does nothing. Scopes nest.
class LockFreeScope {
 public:
  LockFreeScope() { detail::begin_lock_free_operation(); }
  LockFreeScope(const LockFreeScope&) = delete;
  LockFreeScope& operator=(const LockFreeScope&) = delete;
  ~LockFreeScope() { detail::end_lock_free_operation(); }
};

// Records a named value. Observing a name again appends; the sequence of a name is compared with the
// reference's.
inline void observe(std::string_view name, std::string_view value) {
  detail::observe_json(name, detail::to_json(value));
}
inline void observe(std::string_view name, const char* value) { observe(name, std::string_view(value)); }
inline void observe(std::string_view name, std::same_as<bool> auto value) {
  detail::observe_json(name, detail::to_json(value));
}
inline void observe(std::string_view name, std::signed_integral auto value) {
  detail::observe_json(name, detail::to_json(static_cast<std::int64_t>(value)));
}
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) inline void observe(std::string_view name, T value) {
  detail::observe_json(name, detail::to_json(static_cast<std::uint64_t>(value)));
}
template <class T>
inline void observe(std::string_view name, const std::vector<T>& values) {
  for (const auto& value : values) observe(name, value);
}

// The kinds of finding that a scenario can establish by itself. A failed doctest assertion is a
// wrong_outcome.
enum class Fault {
  wrong_outcome,
  lost_update,
  deadlock,
  lost_wakeup,
  starvation,
  thread_leak,
  process_leak,
  zombie,
  descriptor_leak,
  too_slow,
};

// Reports a finding of that kind. `message` must not hold anything that depends on timing.
void fail(Fault kind, std::string_view message);
// Reports it unless `holds`, which is returned.
bool expect(bool holds, Fault kind, std::string_view message);

// Runs `work` and reports how long it took to the `speed` instrument. Once in a scenario; other instruments
// ignore it.
void report_duration(std::chrono::nanoseconds duration);
template <class Work>
void timed(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  report_duration(std::chrono::steady_clock::now() - start);
}

// What the kernel says of this process. Empty or 0 where /proc does not answer.
struct ChildProcess {
  int pid = 0;
  bool zombie = false;
};
[[nodiscard]] std::vector<ChildProcess> child_processes();
[[nodiscard]] std::vector<int> open_descriptors();  // Sorted.
[[nodiscard]] int thread_count();                   // Without threads of the sanitizer and of ours.
[[nodiscard]] int core_count();                     // Cores this process may run on.

}  // namespace racecourse

// Defines the scenario `name`, which must be the name of its file and of its entry in lab.json.
#define RACECOURSE_SCENARIO(name)                                                 \
  static void racecourse_scenario_##name();                                       \
  TEST_CASE(#name) { ::racecourse::detail::execute(racecourse_scenario_##name); } \
  static void racecourse_scenario_##name()

// doctest's assertions, which also work in an execution. The condition is evaluated once.
#define RACECOURSE_ASSERT(doctest_assertion, afterwards, condition, ...)                                  \
  do {                                                                                                    \
    if (!::racecourse::detail::in_execution()) {                                                          \
      doctest_assertion;                                                                                  \
    } else if (!(condition)) {                                                                            \
      {                                                                                                   \
        const ::racecourse::detail::OutsideExecution racecourse_outside;                                  \
        ::racecourse::detail::fail_in_execution((::racecourse::detail::Sentence() * __VA_ARGS__).text()); \
      }                                                                                                   \
      afterwards;                                                                                         \
    }                                                                                                     \
  } while (false)
#define RACECOURSE_ABANDON throw ::racecourse::detail::ScenarioAbandoned()

#undef CHECK
#undef CHECK_MESSAGE
#undef REQUIRE
#undef REQUIRE_MESSAGE
#undef FAIL
#define CHECK(...) RACECOURSE_ASSERT(DOCTEST_CHECK(__VA_ARGS__), (void)0, (__VA_ARGS__), #__VA_ARGS__)
#define CHECK_MESSAGE(condition, ...) \
  RACECOURSE_ASSERT(DOCTEST_CHECK_MESSAGE(condition, __VA_ARGS__), (void)0, condition, __VA_ARGS__)
#define REQUIRE(...) \
  RACECOURSE_ASSERT(DOCTEST_REQUIRE(__VA_ARGS__), RACECOURSE_ABANDON, (__VA_ARGS__), #__VA_ARGS__)
#define REQUIRE_MESSAGE(condition, ...)                                                             \
  RACECOURSE_ASSERT(DOCTEST_REQUIRE_MESSAGE(condition, __VA_ARGS__), RACECOURSE_ABANDON, condition, \
                    __VA_ARGS__)
#define FAIL(...) RACECOURSE_ASSERT(DOCTEST_FAIL(__VA_ARGS__), RACECOURSE_ABANDON, false, __VA_ARGS__)
