// A terminal without any synchronisation, for the scenarios whose demand is that the submission orders all
// calls of a terminal.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

namespace scenarios {

using namespace std::chrono_literals;

// The frames are announced to the operation by a counter whose loads are relaxed: an operation that has
// waited for a frame has no happens-before edge from the drawing thread, so a stop that is not synchronised,
// or a line that is cleaned too early, is not hidden by ours.
class PlainTerminal final : public async_spinner::Terminal {
 public:
  // That frame is still being drawn when an operation that has waited for it has long ended. In real time.
  int slow_frame = 0;

  void draw(char frame) override {
    if (announced_.fetch_add(1, std::memory_order_relaxed) + 1 == slow_frame)
      std::this_thread::sleep_for(60ms);
    write_down(frame);
  }
  void clear() override { write_down('C'); }

  // For the operation, in real time. Gives up after a while, because that the spinner draws is another
  // scenario's demand.
  void await_frames(int count) const {
    for (int i = 0; i < 300 && announced_.load(std::memory_order_relaxed) < count; ++i)
      std::this_thread::sleep_for(500us);
  }
  // For after the call: reads what was written.
  [[nodiscard]] std::size_t events() const { return size_ + (lines_[0] == 'C' ? 1 : 0); }

 private:
  void write_down(char event) { lines_[size_++ % lines_.size()] = event; }

  std::atomic<int> announced_ = 0;
  std::size_t size_ = 0;
  std::array<char, 64> lines_{};
};

// A detached thread may outlive the scenario's body, so terminals are never destroyed.
inline PlainTerminal& make_plain_terminal() { return *new PlainTerminal; }

}  // namespace scenarios
