// Work for the processor alone, on four workers: the tasks run at the same time, and how long it takes is
// compared with the reference.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace cpu_bound_work {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTasks = 16;

struct Span {
  Clock::time_point begin;
  Clock::time_point end;
};
struct Page {
  std::atomic<std::size_t> ended{0};
  std::array<Span, kTasks> spans;
};
Page* page = nullptr;

// About 12 ms on a machine of 2024. It pauses now and then, so that tasks which may run at the same time do,
// even where the machine leaves them one core.
std::string mix_long(const std::string& argument) {
  const Clock::time_point begin = Clock::now();
  std::uint64_t state = std::stoull(argument);
  for (int part = 0; part < 8; ++part) {
    for (int i = 0; i < 500'000; ++i) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  if (const std::size_t task = page->ended++; task < kTasks) page->spans[task] = {begin, Clock::now()};
  return std::to_string(state);
}

// How many tasks ran at once, on the average over the time in which any did. It is the same however many
// other programs the machine has to run, which durations are not: beside them one worker is nearly as fast as
// four.
double tasks_at_once() {
  std::vector<Span> spans(page->spans.begin(), page->spans.end());
  std::ranges::sort(spans, {}, &Span::begin);
  Clock::duration sum{0};
  Clock::duration any{0};
  Clock::time_point covered;
  for (const Span& span : spans) {
    sum += span.end - span.begin;
    if (span.end > covered) any += span.end - std::max(span.begin, covered);
    covered = std::max(covered, span.end);
  }
  return static_cast<double>(sum.count()) / static_cast<double>(any.count());
}

RACECOURSE_SCENARIO(cpu_bound_work) {
  page = scenarios::make_shared<Page>();
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < kTasks; ++i)
    arguments.push_back(std::to_string(racecourse::inputs().bits() | 1u));
  const auto pool = process_pool::make_pool(4);
  std::vector<std::string> values;
  racecourse::timed([&] { values = pool->map(mix_long, arguments); });
  racecourse::observe("values", scenarios::sorted(values));
  // A pool whose workers take turns is at 1, one with two workers at 2.
  const bool at_once = page->ended >= kTasks && tasks_at_once() > 1.25;
  racecourse::expect(at_once, racecourse::Fault::too_slow,
                     "A map over 16 long tasks must run tasks at the same time; hardly any two of them did.");
}

}  // namespace cpu_bound_work
}  // namespace
