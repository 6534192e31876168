// Goal: a set() that comes between a waiter's look at the flag and its sleep is not lost, and a timeout that
// meets a set() says the truth. Method: a waiter and a setter, in every interleaving.
#include <chrono>
#include <thread>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

RACECOURSE_SCENARIO(event_set_is_never_missed) {
  CHECK_MESSAGE(!async_spinner::make_event()->is_set(), "a new event must not be set");
  const auto start = std::chrono::steady_clock::now();
  {
    const auto event = async_spinner::make_event();
    const std::jthread setter([&] { event->set(); });
    event->wait();
    CHECK_MESSAGE(event->is_set(), "wait() must not return before the event is set");
  }
  const auto event = async_spinner::make_event();
  bool said = false;
  {
    const std::jthread setter([&] { event->set(); });
    said = event->wait_for(10min);
  }
  CHECK_MESSAGE(said, "wait_for() must say true when the event is set long before the timeout");
  CHECK_MESSAGE(std::chrono::steady_clock::now() == start,
                "set() came just when a thread was about to wait: it must not sleep until its timeout");

  const auto close = async_spinner::make_event();
  bool just_in_time = false;
  {
    const std::jthread setter([&] {
      std::this_thread::sleep_for(10ms);
      close->set();
    });
    just_in_time = close->wait_for(10ms);
    CHECK_MESSAGE((!just_in_time || close->is_set()), "wait_for() must not say true before the event is set");
  }
  CHECK_MESSAGE(close->wait_for(0ms), "an event that was set while a wait for it timed out must be set");
}
