// AsyncResult while its task runs and after: ready, wait_for, wait, and get more than once; and wait_for
// while another task finishes.
#include <atomic>
#include <chrono>
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"
#include "watcher.hpp"

namespace {
namespace result_comes_later {

using std::chrono::milliseconds;

struct Page {
  std::atomic<bool> waiting{false};
  scenarios::Gate gate;
  scenarios::Gate asked_may_end;
  scenarios::Gate other_may_end;
  scenarios::Gate third_started;
};
Page* page = nullptr;

std::string wait_at_gate(const std::string& argument) { return page->gate.pass() ? argument : "gave up"; }
std::string wait_to_be_asked(const std::string&) { return page->asked_may_end.pass() ? "" : "gave up"; }
std::string wait_for_watcher(const std::string&) { return page->other_may_end.pass() ? "" : "gave up"; }
std::string wait_for_third(const std::string&) { return page->third_started.pass() ? "" : "gave up"; }
std::string be_third(const std::string&) {
  page->third_started.open();
  return "";
}

// False if something was wrong.
bool check_alone() {
  const std::string word = racecourse::inputs().word(8);
  const auto pool = process_pool::make_pool(2);
  const auto result = pool->apply_async(wait_at_gate, word);

  CHECK_MESSAGE(!result->ready(), "ready() must be false while the task runs.");
  CHECK_MESSAGE(!result->wait_for(milliseconds(0)), "wait_for(0) must be false while the task runs.");
  CHECK_MESSAGE(!result->wait_for(milliseconds(-5)), "wait_for() of less than nothing only asks.");
  const auto before = std::chrono::steady_clock::now();
  const bool finished = result->wait_for(milliseconds(30));
  const bool too_early = std::chrono::steady_clock::now() - before < milliseconds(30);
  CHECK_MESSAGE(!finished, "wait_for() must return false when the time has passed and the task still runs.");
  CHECK_MESSAGE(!too_early, "wait_for() must not give up before its time has passed.");
  const bool returned = !page->gate.stayed_shut();
  CHECK_MESSAGE(returned, "apply_async(), ready() and wait_for() must not wait for the task to finish.");
  if (!returned) return false;

  page->gate.open();
  CHECK_MESSAGE(result->wait_for(milliseconds(60'000)),
                "wait_for() must return true when the task finishes.");
  result->wait();
  CHECK_MESSAGE(result->ready(), "ready() must be true when the task is finished.");
  for (int i = 0; i < 3; ++i)
    CHECK_MESSAGE(scenarios::outcome_of(*result) == "value " + word,
                  "get() must give the same value each time.");

  // It cannot end, and its outcome be read, before only ready() is left to read it.
  const auto asked = pool->apply_async(wait_to_be_asked, "");
  page->asked_may_end.open();
  const bool became_ready = scenarios::wait_until([&] { return asked->ready(); });
  CHECK_MESSAGE(became_ready, "A loop that only asks ready() must come to an end.");
  return became_ready;
}

// The caller sleeps in wait_for() for the first task. Then the second one ends, so that its worker gets the
// third one, and only then can the first one end.
void check_while_others_finish() {
  const scenarios::Watcher watcher(page->waiting, [] { page->other_may_end.open(); });
  const auto pool = process_pool::make_pool(2);
  const auto first = pool->apply_async(wait_for_third, "");
  const auto second = pool->apply_async(wait_for_watcher, "");
  const auto third = pool->apply_async(be_third, "");
  page->waiting = true;
  const bool finished = first->wait_for(milliseconds(60'000));
  CHECK_MESSAGE(finished, "wait_for() must not return because another task has finished.");
}

RACECOURSE_SCENARIO(result_comes_later) {
  page = scenarios::make_shared<Page>();
  if (check_alone()) check_while_others_finish();
}

}  // namespace result_comes_later
}  // namespace
