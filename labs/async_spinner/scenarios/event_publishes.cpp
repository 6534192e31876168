// Goal: what was done before set() is visible to whoever has seen the event set, through wait, wait_for or
// is_set. Method: a plain variable is written before set() and read after each of them, in every interleaving
// and under the memory model of C++20. Each looks at an event of its own, so that no look synchronises for
// another.
#include <chrono>
#include <thread>

#include "async_spinner.hpp"
#include "racecourse/scenario.hpp"

using namespace std::chrono_literals;

namespace {

template <class Look>
void see_work(Look look, const char* how) {
  const auto event = async_spinner::make_event();
  std::int64_t work = 0;
  const std::int64_t value = racecourse::inputs().between(1, 1000);
  std::int64_t seen = value;
  {
    const std::jthread worker([&] {
      work = value;
      event->set();
    });
    if (look(*event)) seen = work;
  }
  CHECK_MESSAGE(seen == value, "whoever has seen the event set must see all that was done before set(), by ",
                how);
}

}  // namespace

RACECOURSE_SCENARIO(event_publishes) {
  see_work([](async_spinner::Event& event) { return event.is_set(); }, "is_set()");
  see_work([](async_spinner::Event& event) { return event.wait_for(10min); }, "wait_for()");
  see_work(
      [](async_spinner::Event& event) {
        event.wait();
        return true;
      },
      "wait()");
}
