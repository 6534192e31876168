// Goal: an event that is set stays set, and whoever looks or waits later sees it at once. Method: one thread.
// Whoever waits for a notification that has been is seen to wait for ever.
#include <chrono>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

RACECOURSE_SCENARIO(event_stays_set) {
  const auto event = async_spinner::make_event();
  CHECK_MESSAGE(!event->is_set(), "a new event must not be set");
  event->set();
  CHECK_MESSAGE(event->is_set(), "after set() the event must be set");
  event->wait();
  // Required, because the next wait on an event that resets itself would sleep for ever.
  REQUIRE_MESSAGE(event->is_set(), "an event must still be set after somebody has waited for it");
  const auto before = std::chrono::steady_clock::now();
  CHECK_MESSAGE(event->wait_for(10min), "wait_for() must say true when the event is set already");
  CHECK_MESSAGE(std::chrono::steady_clock::now() == before,
                "wait_for() must return at once when the event is set already");
  REQUIRE_MESSAGE(event->is_set(),
                  "an event must still be set after somebody has waited for it with wait_for()");
  CHECK_MESSAGE(event->wait_for(0ms), "wait_for(0ms) must say true when the event is set");
  event->set();
  CHECK_MESSAGE(event->is_set(), "setting an event again must change nothing");
  event->wait();

  const auto other = async_spinner::make_event();
  CHECK_MESSAGE(!other->is_set(), "each event must have a state of its own");
}
