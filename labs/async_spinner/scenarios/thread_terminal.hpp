// The terminal and the stopwatch of the scenarios for part A that run under controlled schedules.
//
// There time is virtual: it passes only while all threads wait, so every moment is known to the nanosecond
// and an hour costs nothing. The terminal's own variables are relaxed atomics: whether the submission orders
// its calls is the demand of thread_without_races, and nothing here may order them in its place.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

namespace scenarios {

using namespace std::chrono_literals;
using async_spinner::Duration;
using async_spinner::Result;
using SteadyClock = std::chrono::steady_clock;

inline constexpr std::string_view kFrames = "|/-\\";
inline constexpr char kCleaned = 'C';

class ThreadTerminal final : public async_spinner::Terminal {
 public:
  // Called in every draw with the number of the frame (from 1). A frame counts when this has returned.
  std::function<void(int)> on_draw;

  void draw(char frame) override {
    const int number = begun_.fetch_add(1, std::memory_order_relaxed) + 1;
    const Duration at = SteadyClock::now() - made_;
    if (on_draw) on_draw(number);
    write_down(frame, at);
    // A spinner that does not keep its interval is slowed down, so that what it does has an end.
    if (number >= kFramesMax) std::this_thread::sleep_for(24h * 30);
  }
  void clear() override { write_down(kCleaned, SteadyClock::now() - made_); }

  // For after the call. All events in order, and the frames with their times since the terminal was made.
  [[nodiscard]] std::string events() const {
    std::string text;
    for (std::size_t i = 0; i < size(); ++i)
      if (const char letter = events_[i].letter.load(std::memory_order_relaxed); letter != 0) text += letter;
    return text;
  }
  [[nodiscard]] std::string frames() const {
    std::string drawn = events();
    std::erase(drawn, kCleaned);
    return drawn;
  }
  [[nodiscard]] std::vector<Duration> frame_times() const {
    std::vector<Duration> times;
    for (std::size_t i = 0; i < size(); ++i)
      if (const char letter = events_[i].letter.load(std::memory_order_relaxed);
          letter != 0 && letter != kCleaned)
        times.emplace_back(events_[i].at_ns.load(std::memory_order_relaxed));
    return times;
  }

 private:
  static constexpr int kFramesMax = 40;
  static constexpr std::size_t kEventsMax = 100;
  struct Event {
    std::atomic<char> letter = 0;  // 0 until the event is written down whole.
    std::atomic<std::int64_t> at_ns = 0;
  };

  void write_down(char letter, Duration at) {
    const std::size_t index = size_.fetch_add(1, std::memory_order_relaxed);
    if (index >= kEventsMax) return;
    events_[index].at_ns.store(at.count(), std::memory_order_relaxed);
    events_[index].letter.store(letter, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t size() const {
    return std::min(size_.load(std::memory_order_relaxed), kEventsMax);
  }

  const SteadyClock::time_point made_ = SteadyClock::now();
  std::atomic<int> begun_ = 0;
  std::atomic<std::size_t> size_ = 0;
  std::array<Event, kEventsMax> events_;
};

// A detached thread may outlive the scenario's body, so terminals are never destroyed.
inline ThreadTerminal& make_terminal() { return *new ThreadTerminal; }

// An operation that takes so long.
inline std::function<Result()> sleeping(Duration duration, Result result = 0) {
  return [=] {
    if (duration > Duration::zero()) std::this_thread::sleep_for(duration);
    return result;
  };
}

// How long the call takes.
inline Duration time_of_spinning(ThreadTerminal& terminal, Duration interval,
                                 const std::function<Result()>& operation) {
  const auto start = SteadyClock::now();
  (void)async_spinner::with_thread_spinner(terminal, interval, operation);
  return SteadyClock::now() - start;
}

// True for |/-\|/-\ and so on, of any length.
inline bool frames_in_order(std::string_view frames) {
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i] != kFrames[i % kFrames.size()]) return false;
  return true;
}

// True if the line was cleaned once and after all frames; or if there was no frame, at most once.
inline bool cleaned_once_and_last(std::string_view events) {
  const auto cleanings = std::count(events.begin(), events.end(), kCleaned);
  if (static_cast<std::size_t>(cleanings) == events.size()) return cleanings <= 1;
  return cleanings == 1 && events.back() == kCleaned;
}

}  // namespace scenarios
