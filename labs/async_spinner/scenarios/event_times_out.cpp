// Goal: wait_for on an event that nobody sets says false, when its timeout is over and not before, also after
// a spurious wake-up. Method: virtual time, which is exact; rounding up to a millisecond is allowed.
#include <chrono>
#include <thread>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

namespace {

struct Wait {
  bool said = false;
  async_spinner::Duration took{};
};

Wait wait_for(async_spinner::Event& event, async_spinner::Duration timeout) {
  const auto start = std::chrono::steady_clock::now();
  const bool said = event.wait_for(timeout);
  return {said, std::chrono::steady_clock::now() - start};
}

}  // namespace

RACECOURSE_SCENARIO(event_times_out) {
  const auto event = async_spinner::make_event();
  for (const auto none : {0ms, -5ms}) {
    const Wait wait = wait_for(*event, none);
    CHECK_MESSAGE(!wait.said,
                  "wait_for() with a timeout of 0 or less must say false if the event is not set");
    CHECK_MESSAGE(wait.took == 0ms, "wait_for() with a timeout of 0 or less must not sleep");
  }
  const std::chrono::microseconds timeout(racecourse::inputs().between(10'000, 25'000));
  for (const std::chrono::microseconds long_or_short : {timeout, timeout * 100'000}) {
    const Wait wait = wait_for(*event, long_or_short);
    CHECK_MESSAGE(!wait.said, "wait_for() must say false when nobody has set the event");
    CHECK_MESSAGE(wait.took >= long_or_short,
                  "wait_for() must not come back before its timeout when nobody has set the event");
    CHECK_MESSAGE(wait.took <= long_or_short + 1ms, "wait_for() must come back when its timeout is over");
  }
  // While the clock passes the middle of the wait, a spurious wake-up may find it there.
  std::thread clock([timeout] { std::this_thread::sleep_for(timeout / 2); });
  const Wait interrupted = wait_for(*event, timeout);
  clock.join();
  CHECK_MESSAGE(interrupted.took >= timeout, "wait_for() must not take a spurious wake-up for its timeout");
  CHECK_MESSAGE(interrupted.took <= timeout + 1ms,
                "after a spurious wake-up wait_for() must wait for the rest of its timeout only");
  CHECK_MESSAGE(!event->is_set(), "waiting must not set an event");
}
