// The terminal of the scenarios for part A, and what they wait with.
//
// draw() announces the frame through an atomic counter with release order and writes it down afterwards,
// without any lock: an operation that has waited for the frame has no happens-before edge towards the drawing
// thread and none from the writing down. So a spinner that is not joined, or whose line is cleaned by another
// thread too early, is a data race for ThreadSanitizer, and a stop flag without synchronisation is not hidden
// by ours.
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

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

namespace scenarios {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

inline constexpr std::string_view kFrames = "|/-\\";
inline constexpr char kCleaned = 'C';
// How long an operation waits for a frame before it gives up. A right spinner needs a thousandth of it.
inline constexpr auto kPatience = 1200ms;

// Sleeps until `holds()`, looking every half millisecond; false when `patience` is over first.
template <class Condition>
bool await(Condition holds, std::chrono::milliseconds patience) {
  const auto end = SteadyClock::now() + patience;
  while (!holds()) {
    if (SteadyClock::now() >= end) return false;
    std::this_thread::sleep_for(500us);
  }
  return true;
}

class ThreadTerminal final : public async_spinner::Terminal {
 public:
  // Called in every draw with the number of the frame (from 1), after the frame was announced to
  // await_frames. Holds nothing by reference that a detached thread could outlive.
  std::function<void(int)> on_draw;

  void draw(char frame) override {
    const int number = announced_.fetch_add(1, std::memory_order_acq_rel) + 1;
    if (on_draw) on_draw(number);
    write_down(frame);
  }
  void clear() override {
    cleanings_.fetch_add(1, std::memory_order_acq_rel);
    write_down(kCleaned);
  }

  // For an on_draw that is to be overtaken by the end of the operation: comes back a little after
  // end_is_near(). Relaxed, so that nothing is synchronised by it.
  void linger() const {
    (void)await([&] { return end_is_near_.load(std::memory_order_relaxed); }, 150ms);
    std::this_thread::sleep_for(8ms);
  }
  // The last thing an operation does.
  void end_is_near() { end_is_near_.store(true, std::memory_order_relaxed); }

  // For the operation. False if the spinner has not drawn that many frames for kPatience.
  [[nodiscard]] bool await_frames(int count, std::chrono::milliseconds patience = kPatience) const {
    return await([&] { return announced_.load(std::memory_order_acquire) >= count; }, patience);
  }
  [[nodiscard]] bool cleaned() const { return cleanings_.load(std::memory_order_acquire) > 0; }
  // All events in order. For after the call.
  [[nodiscard]] std::string events() const { return std::string(events_.data(), size_); }
  [[nodiscard]] std::string frames() const {
    std::string drawn = events();
    std::erase(drawn, kCleaned);
    return drawn;
  }

 private:
  void write_down(char event) {
    if (size_ < kEventsMax) events_[size_++] = event;
  }

  static constexpr std::size_t kEventsMax = 10000;
  std::atomic<int> announced_ = 0;
  std::atomic<int> cleanings_ = 0;
  std::atomic<bool> end_is_near_ = false;
  std::size_t size_ = 0;
  // Larger than kEventsMax, because buggy submissions write from several threads at once.
  std::array<char, kEventsMax + 100> events_{};
};

// A detached thread may outlive the scenario, so terminals are never destroyed.
inline ThreadTerminal& make_terminal() { return *new ThreadTerminal; }

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

// True once this process has only `count` threads. A joined thread may be listed by the kernel for a moment
// more.
inline bool threads_settle_at(int count) {
  return await([&] { return racecourse::thread_count() == count; }, 1000ms);
}

}  // namespace scenarios
