// set() wakes all threads that sleep in wait() and in wait_for(), not just one of them, and long before the
// timeout.
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "thread_state.hpp"
#include "thread_terminal.hpp"

using namespace scenarios;

namespace {

constexpr std::size_t kWaiters = 6;

}  // namespace

RACECOURSE_SCENARIO(event_wakes_everybody) {
  const auto event = async_spinner::make_event();
  std::array<std::atomic<long>, kWaiters> ids{};
  std::array<bool, kWaiters> seen{};
  {
    std::vector<std::jthread> waiters;
    for (std::size_t i = 0; i < kWaiters; ++i)
      waiters.emplace_back([&, i] {
        ids[i] = ::syscall(SYS_gettid);
        if (i % 2 == 0) {
          event->wait();
          seen[i] = event->is_set();
        } else {
          seen[i] = event->wait_for(std::chrono::minutes(10));
        }
      });
    // Waking one only shows when the others sleep already. A waiter that spins is never seen asleep: go on
    // then.
    const auto all_asleep = [&] {
      for (const auto& id : ids)
        if (id == 0 || !is_asleep(id)) return false;
      return true;
    };
    (void)(await(all_asleep, 500ms) && await(all_asleep, 500ms));
    std::this_thread::sleep_for(2ms);
    event->set();
  }  // Joins them; whoever was not woken sleeps on.
  for (std::size_t i = 0; i < kWaiters; ++i)
    CHECK_MESSAGE(seen[i], (i % 2 == 0 ? "whoever was woken from wait() must see the event set"
                                       : "wait_for() must say true to whoever was woken by set()"));
}
