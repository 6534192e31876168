// Goal: set() wakes all threads that sleep in wait() and in wait_for(), not just one of them, and long before
// the timeout. Method: virtual time passes only when both waiters are asleep.
#include <array>
#include <chrono>
#include <thread>
#include <vector>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

RACECOURSE_SCENARIO(event_wakes_everybody) {
  const auto event = async_spinner::make_event();
  const auto start = std::chrono::steady_clock::now();
  std::array<bool, 2> told{};
  std::array<async_spinner::Duration, 2> woken{};
  {
    std::vector<std::jthread> waiters;
    for (std::size_t i = 0; i < 2; ++i)
      waiters.emplace_back([&, i] {
        if (i == 0)
          event->wait();
        else
          told[1] = event->wait_for(10min);
        if (i == 0) told[0] = event->is_set();
        woken[i] = std::chrono::steady_clock::now() - start;
      });
    std::this_thread::sleep_for(5ms);
    event->set();
  }
  CHECK_MESSAGE(told[0], "whoever was woken from wait() must see the event set");
  CHECK_MESSAGE(told[1], "wait_for() must say true to whoever was woken by set()");
  CHECK_MESSAGE((woken[0] == 5ms && woken[1] == 5ms), "set() must wake all threads that wait, at once");
}
