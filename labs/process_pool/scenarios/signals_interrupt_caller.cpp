// The caller is interrupted by a signal every two milliseconds, whatever it waits in: system calls return
// EINTR or do a part of their work.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"
#include "ticks.hpp"
#include "watcher.hpp"

namespace {
namespace signals_interrupt_caller {

using std::chrono::milliseconds;

constexpr std::size_t kLong = 4u << 20;

struct Page {
  std::atomic<int> ticks{0};
  scenarios::Gate gate;
};
Page* page = nullptr;

void count_tick(int) { ++page->ticks; }

std::string own_pid(const std::string&) { return std::to_string(::getpid()); }
std::string wait_for_ticks(const std::string& argument) {
  const int start = page->ticks;
  scenarios::wait_until([&] { return page->ticks >= start + 10; });
  return argument;
}
std::string wait_at_gate(const std::string& argument) { return page->gate.pass() ? argument : "gave up"; }
std::string digest(const std::string& argument) {
  unsigned sum = 0;
  for (const char c : argument) sum = sum * 31 + static_cast<unsigned char>(c);
  return std::to_string(argument.size()) + ":" + std::to_string(sum);
}

// All of these: false if something was wrong.
bool check_waiting() {
  const auto pool = process_pool::make_pool(2);
  const std::string one =
      scenarios::outcome_of([&] { return pool->apply_async(wait_for_ticks, "one")->get(); });
  CHECK_MESSAGE(one == "value one", "get() must work while signals interrupt the caller.");
  if (one != "value one") return false;
  const std::vector<std::string> words = {"a", "b", "c"};
  const bool mapped = scenarios::sorted_map(*pool, wait_for_ticks, words) == words;
  CHECK_MESSAGE(mapped, "map() must work while signals interrupt the caller.");
  return mapped;
}

bool check_waiting_for_some_time() {
  const auto pool = process_pool::make_pool(1);
  const auto stuck = pool->apply_async(wait_at_gate, "two");
  const auto before = std::chrono::steady_clock::now();
  bool finished = false;
  const std::string outcome = scenarios::outcome_of([&] {
    finished = stuck->wait_for(milliseconds(40));
    return "";
  });
  const bool too_early = std::chrono::steady_clock::now() - before < milliseconds(40);
  const bool returned = outcome == "value ";
  CHECK_MESSAGE(returned, "wait_for() must not throw because a signal interrupts the caller.");
  if (!returned) return false;
  CHECK_MESSAGE(!finished, "wait_for() must not take an interruption for the end of the task.");
  CHECK_MESSAGE(!too_early, "wait_for() must not take an interruption for the end of its time.");
  page->gate.open();
  const bool right = scenarios::outcome_of(*stuck) == "value two";
  CHECK_MESSAGE(right, "get() must work after wait_for() was interrupted by signals.");
  return right && !finished && !too_early;
}

// A worker that lies still until the caller, which sleeps because of it, has been interrupted ten times.
struct Stopped {
  std::atomic<int> worker{0};
  std::atomic<bool> caller_begins{false};

  // False if tasks do not run in workers.
  bool stop_worker_of(process_pool::Pool& pool) {
    worker = std::stoi(pool.apply_async(own_pid, "")->get());
    if (worker == scenarios::kCaller) return false;
    ::kill(worker, SIGSTOP);
    caller_begins = true;
    return true;
  }
  void wake_after_ticks() const {
    const int start = page->ticks;
    scenarios::wait_until([&] { return page->ticks >= start + 10; });
    ::kill(worker, SIGCONT);
  }
};

bool check_writing() {
  auto* const stopped = scenarios::make_shared<Stopped>();
  const scenarios::Watcher watcher(stopped->caller_begins, [&] { stopped->wake_after_ticks(); });
  std::string text = racecourse::inputs().word(1024);
  while (text.size() < kLong) text += text;
  const auto pool = process_pool::make_pool(1);
  if (!stopped->stop_worker_of(*pool)) return true;
  const bool right = scenarios::outcome_of([&] { return pool->apply_async(digest, text)->get(); }) ==
                     "value " + digest(text);
  CHECK_MESSAGE(
      right,
      "A long argument must arrive whole when a signal interrupts the caller while it is being written.");
  return right;
}

bool join_of(process_pool::Pool& pool) {
  const bool right = scenarios::outcome_of([&] {
                       pool.close();
                       pool.join();
                       return "";
                     }) == "value ";
  CHECK_MESSAGE(right, "join() must not throw because a signal interrupts the caller.");
  return right;
}

bool check_joining_in_task() {
  const scenarios::Footprint before;
  const auto pool = process_pool::make_pool(2);
  const auto result = pool->apply_async(wait_for_ticks, "three");
  if (!join_of(*pool)) return false;
  const bool finished = scenarios::outcome_of(*result) == "value three";
  CHECK_MESSAGE(finished, "join() must not take an interruption for the end of the tasks.");
  return before.check_nothing_left("after join() while signals interrupt the caller") && finished;
}

// The worker has nothing to do and is slow to end.
bool check_joining_slow_worker() {
  auto* const stopped = scenarios::make_shared<Stopped>();
  const scenarios::Watcher watcher(stopped->caller_begins, [&] { stopped->wake_after_ticks(); });
  const scenarios::Footprint before;
  const auto pool = process_pool::make_pool(1);
  if (!stopped->stop_worker_of(*pool)) return true;
  return join_of(*pool) && before.check_nothing_left("after join() while signals interrupt the caller");
}

RACECOURSE_SCENARIO(signals_interrupt_caller) {
  page = scenarios::make_shared<Page>();
  const scenarios::Ticks ticks(count_tick, 0);
  (void)(check_waiting() && check_waiting_for_some_time() && check_writing() && check_joining_in_task() &&
         check_joining_slow_worker());
}

}  // namespace signals_interrupt_caller
}  // namespace
