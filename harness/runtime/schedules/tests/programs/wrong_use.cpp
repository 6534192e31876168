// Programs with one bug each: misuse of locks, of memory, of threads and of the process.
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;
using namespace std::chrono_literals;

// --- mutex_misuse

WRONG(unlock_by_another_thread, mutex_misuse) {
  std::mutex mutex;
  mutex.lock();
  std::thread([&] { mutex.unlock(); }).join();
}
WRONG(unlock_twice, mutex_misuse) {
  std::mutex mutex;
  mutex.lock();
  mutex.unlock();
  mutex.unlock();
}
WRONG(destroyed_while_locked, mutex_misuse) {
  auto mutex = std::make_unique<std::mutex>();
  mutex->lock();
  mutex.reset();
}
WRONG(wait_without_the_lock, mutex_misuse) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  const timespec never{4'000'000'000, 0};
  pthread_cond_timedwait(&condition, &mutex, &never);
}
WRONG(unlock_shared_not_held, mutex_misuse) {
  std::shared_mutex mutex;
  mutex.unlock_shared();
}

// --- use_after_free and double_free

WRONG(use_after_free_by_another_thread, use_after_free) {
  auto* const value = new std::atomic<int>(1);
  std::atomic<bool> freed = false;
  run_two(
      [&] {
        delete value;
        freed = true;
      },
      [&] {
        while (!freed) {
        }
        value->store(2);
      });
}
WRONG(use_after_free_unordered, use_after_free) {
  auto* const value = new std::atomic<int>(1);
  run_two([&] { delete value; }, [&] { value->fetch_add(1); });
}
WRONG(use_after_free_in_one_thread, use_after_free) {
  volatile int* const value = new int(1);
  delete value;
  require(*value != 12345, "");
}
WRONG(use_of_a_dead_list_node, use_after_free) {
  struct Node {
    std::atomic<int> value{1};
  };
  auto node = std::make_unique<Node>();
  Node* const raw = node.get();
  std::thread other([raw] { (void)raw->value.load(); });
  node.reset();
  other.join();
}
WRONG(use_of_a_freed_array, use_after_free) {
  auto* const values = new std::atomic<int>[16]();
  std::atomic<int> users = 2;
  const auto work = [&] {
    users.fetch_sub(1);
    if (users.load() == 1) delete[] values;
    values[3].load();
  };
  std::thread(work).join();
  users = 0;
}
WRONG(double_free_in_one_thread, double_free) {
  int* volatile value = new int(1);
  delete value;
  delete value;
}
WRONG(double_free_by_two_threads, double_free) {
  std::atomic<int*> value = new int(1);
  const auto work = [&] { delete value.load(); };
  std::thread(work).join();
  std::thread(work).join();
}
WRONG(double_free_after_check, double_free) {
  std::atomic<int> references = 2;
  char* const value = static_cast<char*>(malloc(3));
  std::mutex mutex;
  const auto drop = [&] {
    --references;
    const std::lock_guard guard(mutex);
    if (references == 0) free(value);
  };
  run_two(drop, drop);
  references = 1;
  drop();
}
WRONG(free_of_the_stack, double_free) {
  int* volatile value = static_cast<int*>(malloc(16)) + 4;
  free(value - 0);
}
WRONG(double_free_of_an_array, double_free) {
  char* volatile text = new char[100];
  delete[] text;
  std::thread([&] { delete[] text; }).join();
}

// --- thread_leak, exits, crashes, what cannot be controlled

WRONG(thread_neither_joined_nor_detached, thread_leak) {
  std::thread forgotten([] {});
}
WRONG(pthread_never_joined, thread_leak) {
  pthread_t thread;
  pthread_create(
      &thread, nullptr, [](void* argument) { return argument; }, nullptr);
}
WRONG(thread_overwritten, thread_leak) {
  std::thread thread([] {});
  thread = std::thread([] {});
  thread.join();
}
WRONG(pthread_joined_by_nobody_in_time, thread_leak) {
  pthread_t threads[2];
  for (pthread_t& thread : threads)
    pthread_create(
        &thread, nullptr, [](void* argument) { return argument; }, nullptr);
  pthread_join(threads[0], nullptr);
}
WRONG(leaked_in_a_vector, thread_leak) {
  std::vector<std::thread> threads;
  threads.emplace_back([] {});
  threads.pop_back();
}
WRONG(exit_from_a_thread, exit_called) {
  std::thread([] { std::exit(3); }).join();
}
WRONG(quick_exit_called, exit_called) { _exit(0); }
WRONG(exception_out_of_a_thread, uncaught_exception) {
  std::thread([] { throw 1; }).join();
}
WRONG(exception_out_of_noexcept, uncaught_exception) {
  const auto fails = [](bool now) {
    if (now) throw std::runtime_error("not expected");
  };
  [&]() noexcept { fails(true); }();
}
WRONG(null_pointer, crash) {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}
namespace {
// Each frame is used by the next one, so that no compiler makes a loop of it.
int recurse(const volatile char* above) {
  volatile char frame[4096];
  frame[0] = *above;
  const int below = frame[0] < 0 ? 0 : recurse(frame);
  return below + frame[0];
}
}  // namespace
WRONG(stack_overflow, crash) {
  std::thread([] {
    const volatile char bottom = 1;
    recurse(&bottom);
  }).join();
}
WRONG(abort_called, crash) { std::abort(); }
WRONG(fork_called, unsupported_call) { (void)!fork(); }
