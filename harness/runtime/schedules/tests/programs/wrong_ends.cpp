// Programs that end as they should not, or ask for what cannot be controlled.
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

// --- exit_called

WRONG(exit_in_the_body, exit_called) { std::exit(0); }
WRONG(exit_without_clean_up, exit_called) {
  std::thread other([] { std::_Exit(1); });
  other.join();
}
WRONG(thread_of_the_body_ended, exit_called) { pthread_exit(nullptr); }
WRONG(quick_exit_under_a_lock, exit_called) {
  std::mutex mutex;
  const std::lock_guard guard(mutex);
  std::quick_exit(0);
}
WRONG(exit_when_something_is_wrong, exit_called) {
  // Only one order of the two shows it.
  std::atomic<int> order = 0;
  const auto append = [&](int digit) {
    int seen = order.load();
    while (!order.compare_exchange_strong(seen, seen * 10 + digit)) {
    }
  };
  std::thread first(append, 1);
  std::thread second(append, 2);
  first.join();
  second.join();
  if (order == 21) exit(2);
}

// --- uncaught_exception

WRONG(exception_out_of_the_body, uncaught_exception) { throw std::runtime_error("nobody is there"); }
WRONG(exception_out_of_a_detached_thread, uncaught_exception) {
  std::atomic<bool> started = false;
  std::thread([&] {
    started = true;
    started.notify_one();
    throw std::string("thrown away");
  }).detach();
  started.wait(false);
}
WRONG(exception_of_a_broken_promise, uncaught_exception) {
  std::future<int> future = std::promise<int>().get_future();
  std::thread([&] { future.get(); }).join();
}
WRONG(exception_out_of_a_destructor, uncaught_exception) {
  const auto fails = [] { throw 1; };
  struct Fails {
    decltype(fails)& fails_;
    ~Fails() { fails_(); }
  };
  std::thread([&] { const Fails guard{fails}; }).join();
}
WRONG(exception_in_one_order_only, uncaught_exception) {
  std::atomic<int> tickets = 1;
  const auto take = [&] {
    if (tickets.load() == 0) return;
    if (tickets.fetch_sub(1) <= 0) throw std::logic_error("sold out");
  };
  std::thread first(take);
  std::thread second(take);
  first.join();
  second.join();
}

// --- crash

WRONG(division_by_zero, crash) {
  std::atomic<int> zero = 0;
  std::thread([&] { require(7 / zero.load() != 1, "not reached"); }).join();
}
WRONG(call_of_nothing, crash) {
  void (*volatile nothing)() = nullptr;
  nothing();
}
WRONG(trap_in_a_thread, crash) {
  std::thread([] { __builtin_trap(); }).join();
}
WRONG(terminate_called, crash) {
  std::thread([] {}).join();
  std::terminate();
}
WRONG(pointer_before_it_is_set, crash) {
  std::atomic<std::atomic<int>*> shared = nullptr;
  std::atomic<int> value = 0;
  std::thread giver([&] { shared = &value; });
  std::thread taker([&] { shared.load()->store(1); });
  giver.join();
  taker.join();
}

WRONG(alarm_goes_off, crash) {
  std::signal(SIGALRM, SIG_DFL);
  alarm(1);
  std::this_thread::sleep_for(std::chrono::seconds(2));
}

// --- unsupported_call

WRONG(alarm_with_a_handler, unsupported_call) {
  std::signal(SIGALRM, [](int) {});
  alarm(1);
  std::this_thread::sleep_for(std::chrono::seconds(2));
}
WRONG(thread_cancelled, unsupported_call) {
  std::atomic<bool> stop = false;
  std::thread other([&] { stop.wait(false); });
  pthread_cancel(other.native_handle());
  stop = true;
  stop.notify_one();
  other.join();
}
WRONG(command_run, unsupported_call) { (void)!std::system("true"); }
WRONG(file_shared_as_memory, unsupported_call) {
  const int file = memfd_create("counter", 0);
  (void)mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}
WRONG(child_awaited, unsupported_call) {
  int status = 0;
  std::thread([&] { (void)waitpid(-1, &status, 0); }).join();
}
WRONG(system_call_by_number, unsupported_call) { (void)syscall(SYS_pause); }
