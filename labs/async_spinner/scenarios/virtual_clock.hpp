// The clock, the terminal and the diary of the scenarios for part B. Time is virtual: it passes only in
// VirtualClock::sleep_until and where a task pretends to compute, so every moment is known exactly and
// nothing waits.
//
// What would never end, a loop that looks at the clock for ever instead of sleeping or a spinner that draws
// for ever at one moment, is stopped with an exception that says so, because the harness would only see a
// hang.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

namespace scenarios {

using namespace std::chrono_literals;
using async_spinner::Cancelled;
using async_spinner::Clock;
using async_spinner::Duration;
using async_spinner::Ending;
using async_spinner::EventLoop;
using async_spinner::Instant;
using async_spinner::Result;
using async_spinner::Task;
using async_spinner::TaskId;

class NothingMoves : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class VirtualClock final : public Clock {
 public:
  // `calls_max`: as many calls without time passing are taken for a loop that will never sleep.
  explicit VirtualClock(std::size_t calls_max = 10'000) : calls_max_(calls_max) {}

  Instant now() override {
    count_call();
    return now_;
  }
  void sleep_until(Instant deadline) override {
    count_call();
    sleeps_.push_back(deadline - kStart);
    if (deadline <= now_) return;
    now_ = deadline + lateness;
    calls_ = 0;
  }

  // A task computes for so long without a suspension.
  void compute(Duration duration) {
    now_ += duration;
    calls_ = 0;
  }
  // How much later than asked for each sleep ends.
  Duration lateness{0};

  // Since the clock was made, without counting as a look at it.
  [[nodiscard]] std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_ - kStart).count();
  }
  // The deadlines of all sleeps so far, counted from the start.
  [[nodiscard]] const std::vector<Duration>& sleeps() const { return sleeps_; }

 private:
  void count_call() {
    if (++calls_ > calls_max_)
      throw NothingMoves("the loop keeps asking for the time but never sleeps with Clock::sleep_until");
  }

  // Far from the machine's own clock, so that nobody uses that one unnoticed.
  static constexpr Instant kStart{std::chrono::hours(24 * 365 * 20)};
  Instant now_ = kStart;
  std::vector<Duration> sleeps_;
  std::size_t calls_ = 0;
  std::size_t calls_max_;
};

// What happened, in order, one word each: "a1 b1 a2". The word `at(x)` has the virtual time: "a1@30".
class Diary {
 public:
  explicit Diary(const VirtualClock& clock) : clock_(clock) {}
  void note(std::string_view word) {
    if (full()) throw NothingMoves("the same things happen again and again, without an end");
    ++words_;
    if (!text_.empty()) text_ += ' ';
    text_ += word;
  }
  void note_at(std::string_view word) { note(std::string(word) + "@" + std::to_string(clock_.elapsed_ms())); }
  // More than any scenario needs: note() now throws.
  [[nodiscard]] bool full() const { return words_ >= 2'000; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const VirtualClock& clock_;
  std::string text_;
  std::size_t words_ = 0;
};

// Notes each frame as itself and the cleaning as C, both with the time.
class VirtualTerminal final : public async_spinner::Terminal {
 public:
  explicit VirtualTerminal(const VirtualClock& clock) : clock_(clock), own_(clock), diary_(own_) {}
  VirtualTerminal(const VirtualClock& clock, Diary& diary) : clock_(clock), own_(clock), diary_(diary) {}

  void draw(char frame) override {
    if (clock_.elapsed_ms() != drawn_ms_) frames_now_ = 0;
    drawn_ms_ = clock_.elapsed_ms();
    if (++frames_now_ > 3)
      throw NothingMoves(
          "the spinner draws and draws while no time passes, because the loop never gets to sleep");
    diary_.note_at(std::string_view(&frame, 1));
  }
  void clear() override {
    if (!diary_.full()) diary_.note_at("C");  // Called by destructors, so it must not throw.
  }
  [[nodiscard]] const std::string& text() const { return diary_.text(); }

 private:
  const VirtualClock& clock_;
  Diary own_;
  Diary& diary_;
  std::int64_t drawn_ms_ = -1;
  int frames_now_ = 0;
};

// The diary of a spinner that starts at `start_ms` and is stopped at `stop_ms`, which is no multiple of the
// interval.
inline std::string spinner_diary(std::int64_t start_ms, std::int64_t interval_ms, std::int64_t stop_ms) {
  std::string text;
  for (std::int64_t at = start_ms, frame = 0; at < stop_ms; at += interval_ms, ++frame)
    text += std::string(1, "|/-\\"[frame % 4]) + "@" + std::to_string(at) + " ";
  return text + "C@" + std::to_string(stop_ms);
}

inline std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::returned:
      return "returned";
    case Ending::cancelled:
      return "cancelled";
    case Ending::failed:
      return "failed";
  }
  return "nothing that Ending has";
}

// An exception with content, to see that both come out unchanged.
class Boom : public std::runtime_error {
 public:
  explicit Boom(int number) : std::runtime_error("boom"), code(number) {}
  int code;
};

// Runs the loop; leaves the scenario with a failure when it would never end. Under controlled schedules the
// machine's own clock is virtual too, and has moved only if the thread was put to sleep behind our back.
inline void run(EventLoop& loop) {
  const auto before = std::chrono::steady_clock::now();
  try {
    loop.run();
  } catch (const NothingMoves& stuck) {
    FAIL(stuck.what());
  }
  if (!racecourse::under_schedules()) return;
  CHECK_MESSAGE(std::chrono::steady_clock::now() == before,
                "the loop's only way to sleep is Clock::sleep_until; the thread slept in another way");
}

// The same, and says what run() threw: "nothing", "Boom <code>" or "Deadlock".
inline std::string run_outcome(EventLoop& loop) {
  try {
    run(loop);
    return "nothing";
  } catch (const Boom& boom) {
    return "Boom " + std::to_string(boom.code);
  } catch (const async_spinner::Deadlock&) {
    return "Deadlock";
  }
}

}  // namespace scenarios

// Both sides are the same in every run of one submission with the same inputs, so the message may hold them.
#define EXPECT_TEXT(actual, expected, demand)                                                            \
  do {                                                                                                   \
    const std::string actual_text(actual);                                                               \
    const std::string expected_text(expected);                                                           \
    const bool as_demanded = actual_text == expected_text;                                               \
    CHECK_MESSAGE(as_demanded, demand, "; expected \"", expected_text, "\", got \"", actual_text, "\""); \
  } while (false)
