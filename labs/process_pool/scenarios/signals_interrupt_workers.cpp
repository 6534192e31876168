// A worker is interrupted by signals while it waits for a task and while it is stuck writing a long result.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace signals_interrupt_workers {

constexpr std::size_t kLong = 4u << 20;

struct Page {
  std::atomic<int> worker{0};
  std::atomic<bool> returning{false};
  scenarios::Gate gate;
};
Page* page = nullptr;

std::string own_pid(const std::string&) { return std::to_string(::getpid()); }
std::string long_result(const std::string& argument) {
  page->worker = ::getpid();
  page->gate.pass();
  std::string out;
  while (out.size() < kLong) out += argument;
  page->returning = true;
  return out;
}

// SIGURG, because its default action is to do nothing: a worker that has reset its handlers is right too.
void interrupt_in_sleep(int pid) {
  for (int i = 0; i < 5; ++i) {
    scenarios::wait_until([&] { return scenarios::process_state(pid) == 'S' || scenarios::is_dead(pid); });
    if (scenarios::is_dead(pid)) return;
    ::kill(pid, SIGURG);
    scenarios::sleep_for(scenarios::milliseconds(1));
  }
}

RACECOURSE_SCENARIO(signals_interrupt_workers) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGURG, &action, nullptr);  // Without SA_RESTART, and inherited by the workers.
  page = scenarios::make_shared<Page>();
  const auto pool = process_pool::make_pool(1);

  const std::string pid = scenarios::outcome_of(*pool->apply_async(own_pid, ""));
  const bool in_worker = pid.starts_with("value ") && std::stoi(pid.substr(6)) != scenarios::kCaller;
  CHECK_MESSAGE(in_worker, "A worker must run a simple task.");
  if (!in_worker) return;
  interrupt_in_sleep(std::stoi(pid.substr(6)));
  const bool same_worker = scenarios::outcome_of(*pool->apply_async(own_pid, "")) == pid;
  CHECK_MESSAGE(same_worker, "A worker that waits for a task must not end because a signal interrupts it.");

  const std::string word = racecourse::inputs().word(64);
  const auto result = pool->apply_async(long_result, word);
  if (!scenarios::wait_until([] { return page->worker != 0; }, [&] { (void)result->ready(); })) return;
  page->gate.open();
  // The caller asks for nothing now: a worker that sleeps is stuck in its result, or is done with it.
  scenarios::wait_until([] { return page->returning.load(); });
  interrupt_in_sleep(page->worker);
  std::string expected = "value ";
  while (expected.size() < kLong + 6) expected += word;
  const bool whole = scenarios::outcome_of(*result) == expected;
  CHECK_MESSAGE(whole, "A long result must arrive whole when a signal interrupts the worker that writes it.");
}

}  // namespace signals_interrupt_workers
}  // namespace
