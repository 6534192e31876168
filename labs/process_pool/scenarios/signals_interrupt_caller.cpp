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

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLong = 4u << 20;

struct Page {
  std::atomic<int> ticks{0};
  scenarios::Gate gate;
};
Page* page = nullptr;
volatile sig_atomic_t stopped_worker = 0;

void count_tick(int) {
  // The worker lies still for ten ticks, so that whoever writes to it is interrupted in the middle.
  if (++page->ticks == 10 && stopped_worker != 0) ::kill(stopped_worker, SIGCONT);
}

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

void check_waiting() {
  const auto pool = process_pool::make_pool(2);
  const auto result = pool->apply_async(wait_for_ticks, "one");
  CHECK_MESSAGE(scenarios::outcome_of(*result) == "value one",
                "get() must work while signals interrupt the caller.");
  const std::vector<std::string> words = {"a", "b", "c"};
  CHECK_MESSAGE((scenarios::sorted_map(*pool, wait_for_ticks, words) == words),
                "map() must work while signals interrupt the caller.");

  const auto stuck = pool->apply_async(wait_at_gate, "two");
  const auto before = std::chrono::steady_clock::now();
  const bool finished = stuck->wait_for(milliseconds(40));
  const bool too_early = std::chrono::steady_clock::now() - before < milliseconds(40);
  CHECK_MESSAGE(!finished, "wait_for() must not take an interruption for the end of the task.");
  CHECK_MESSAGE(!too_early, "wait_for() must not take an interruption for the end of its time.");
  page->gate.open();
  CHECK_MESSAGE(scenarios::outcome_of(*stuck) == "value two",
                "get() must work while signals interrupt the caller.");
}

void check_writing() {
  const auto pool = process_pool::make_pool(1);
  const int worker = std::stoi(pool->apply_async(own_pid, "")->get());
  if (worker == scenarios::kCaller) return;
  std::string text = racecourse::inputs().word(1024);
  while (text.size() < kLong) text += text;
  page->ticks = 0;
  stopped_worker = worker;
  ::kill(worker, SIGSTOP);
  const std::string arrived = scenarios::outcome_of(*pool->apply_async(digest, text));
  CHECK_MESSAGE(
      arrived == "value " + digest(text),
      "A long argument must arrive whole when a signal interrupts the caller while it is being written.");
  stopped_worker = 0;
}

void check_joining() {
  const scenarios::Footprint before;
  const auto pool = process_pool::make_pool(2);
  const auto result = pool->apply_async(wait_for_ticks, "three");
  pool->close();
  pool->join();
  before.check_nothing_left("after join() while signals interrupt the caller");
  CHECK_MESSAGE(scenarios::outcome_of(*result) == "value three",
                "join() must not take an interruption for the end.");
}

}  // namespace

RACECOURSE_SCENARIO(signals_interrupt_caller) {
  page = scenarios::make_shared<Page>();
  const scenarios::Ticks ticks(count_tick, 0);
  check_waiting();
  check_writing();
  check_joining();
}
