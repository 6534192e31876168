// What was done before set() is visible to whoever has seen the event set, through wait, wait_for or is_set;
// and the event itself may be used by many threads at once. Judged under ThreadSanitizer, so the threads
// share nothing of ours, and each looks at an event of its own, so that no look synchronises for another.
#include <array>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

RACECOURSE_SCENARIO(event_publishes) {
  constexpr int kRounds = 5;  // ThreadSanitizer needs one; the others vary who comes first.
  constexpr std::size_t kReaders = 4;
  bool all_seen = true;
  for (int round = 0; round < kRounds; ++round) {
    std::array<std::unique_ptr<async_spinner::Event>, kReaders> events;
    for (auto& event : events) event = async_spinner::make_event();
    std::vector<std::int64_t> work(50, 0);
    std::array<std::int64_t, kReaders> sums{};
    const std::int64_t value = racecourse::inputs().between(1, 1000);
    const auto sum = [&] { return std::accumulate(work.begin(), work.end(), std::int64_t{0}); };
    {
      std::vector<std::jthread> threads;
      threads.emplace_back([&] {
        events[0]->wait();
        sums[0] = sum();
      });
      threads.emplace_back([&] {
        while (!events[1]->wait_for(2ms)) {
        }
        sums[1] = sum();
      });
      threads.emplace_back([&] {
        while (!events[2]->is_set()) std::this_thread::sleep_for(200us);
        sums[2] = sum();
      });
      threads.emplace_back([&] {
        if (events[3]->wait_for(10min)) sums[3] = sum();
      });
      threads.emplace_back([&] {
        for (auto& cell : work) cell = value;
        for (auto& event : events) {
          event->set();
          event->set();
        }
      });
    }
    for (const std::int64_t seen : sums) all_seen = all_seen && seen == 50 * value;
    // Without this, whether a wait() that needs the notification hangs would depend on who came first.
    for (auto& event : events) event->wait();
  }
  CHECK_MESSAGE(all_seen, "whoever has seen the event set must see all that was done before set()");
}
