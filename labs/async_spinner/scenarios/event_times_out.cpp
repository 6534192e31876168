// wait_for on an event that nobody sets: false, and not before the timeout.
#include <chrono>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

RACECOURSE_SCENARIO(event_times_out) {
  const auto event = async_spinner::make_event();
  CHECK_MESSAGE(!event->wait_for(0ms), "wait_for(0ms) on an event that is not set must say false");
  CHECK_MESSAGE(!event->wait_for(-5ms), "wait_for() with a negative timeout must say false at once");
  for (int i = 0; i < 3; ++i) {
    const std::chrono::microseconds timeout(racecourse::inputs().between(10'000, 25'000));
    const auto start = std::chrono::steady_clock::now();
    const bool set = event->wait_for(timeout);
    const bool waited = std::chrono::steady_clock::now() - start >= timeout;
    CHECK_MESSAGE(!set, "wait_for() must say false when nobody has set the event");
    CHECK_MESSAGE(waited, "wait_for() must not come back before its timeout when nobody has set the event");
  }
  CHECK_MESSAGE(!event->is_set(), "waiting must not set an event");
}
