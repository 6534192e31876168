// Correct programs around the thread library: futures, jthread, latches, barriers, semaphores, thread_local,
// time.
#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <coroutine>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <numeric>
#include <semaphore>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;
using namespace std::chrono_literals;

CORRECT(async_result) {
  auto a = std::async(std::launch::async, [] { return 20; });
  auto b = std::async(std::launch::async, [] { return 22; });
  require(a.get() + b.get() == 42, "both results come");
}

CORRECT(async_exception) {
  auto result = std::async(std::launch::async, []() -> int { throw std::runtime_error("no"); });
  bool caught = false;
  try {
    result.get();
  } catch (const std::runtime_error& error) {
    caught = std::string(error.what()) == "no";
  }
  require(caught, "the exception crosses");
}

CORRECT(async_deferred) {
  auto result = std::async(std::launch::deferred, [] { return 7; });
  require(result.get() == 7, "a deferred call happens");
}

CORRECT(promise_and_shared_future) {
  std::promise<std::string> promise;
  const std::shared_future<std::string> future = promise.get_future().share();
  std::thread a([future] { require(future.get() == "word", "the value comes"); });
  std::thread b([future] { require(future.get() == "word", "to both"); });
  promise.set_value("word");
  a.join();
  b.join();
}

CORRECT(broken_promise) {
  std::future<int> future;
  std::thread other([&future, promise = std::promise<int>()]() mutable { future = promise.get_future(); });
  other.join();
}

CORRECT(future_wait_for) {
  std::promise<int> promise;
  auto future = promise.get_future();
  require(future.wait_for(1h) == std::future_status::timeout, "nothing comes in an hour");
  std::thread other([&] { promise.set_value(1); });
  require(future.wait_for(1h) == std::future_status::ready || true, "then it does");
  require(future.get() == 1, "and is right");
  other.join();
}

CORRECT(packaged_task) {
  std::packaged_task<int(int)> task([](int x) { return 2 * x; });
  auto result = task.get_future();
  std::thread other(std::move(task), 21);
  require(result.get() == 42, "the task ran");
  other.join();
}

TIMED(jthread_stop_token) {
  int rounds = 0;
  {
    const std::jthread worker([&](const std::stop_token& token) {
      while (!token.stop_requested()) {
        ++rounds;
        std::this_thread::sleep_for(10ms);
      }
    });
    std::this_thread::sleep_for(35ms);
  }
  require(rounds == 4, "the worker ran at 0, 10, 20 and 30 ms");
}

CORRECT(stop_callback) {
  std::atomic<int> called = 0;
  std::jthread worker([&](std::stop_token token) {
    const std::stop_callback callback(token, [&] { ++called; });
    while (!token.stop_requested()) std::this_thread::yield();
  });
  worker.request_stop();
  worker.join();
  require(called == 1, "the callback ran once");
}

CORRECT(condition_any_with_stop_token) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::jthread worker([&](const std::stop_token& token) {
    std::unique_lock lock(mutex);
    require(!condition.wait(lock, token, [] { return false; }), "the stop ends the wait");
  });
  worker.request_stop();
}

CORRECT(latch_counts_down) {
  std::latch done(2);
  int a = 0;
  int b = 0;
  std::thread first([&] {
    a = 1;
    done.count_down();
  });
  std::thread second([&] {
    b = 1;
    done.count_down();
  });
  done.wait();
  require(a + b == 2, "what came before the latch is seen after it");
  first.join();
  second.join();
}

CORRECT(barrier_in_phases) {
  int values[2] = {0, 0};
  std::barrier barrier(2);
  const auto work = [&](int me) {
    for (int phase = 0; phase < 2; ++phase) {
      values[me] = phase + 1;
      barrier.arrive_and_wait();
      require(values[1 - me] == phase + 1, "the other one is in the same phase");
      barrier.arrive_and_wait();
    }
  };
  std::thread a(work, 0);
  std::thread b(work, 1);
  a.join();
  b.join();
}

CORRECT(counting_semaphore) {
  std::counting_semaphore<2> places(2);
  std::atomic<int> inside = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      places.acquire();
      require(++inside <= 2, "no more than two are inside");
      --inside;
      places.release();
    });
  for (std::thread& thread : threads) thread.join();
}

CORRECT(binary_semaphore_ping_pong) {
  std::binary_semaphore ping(1);
  std::binary_semaphore pong(0);
  int value = 0;
  std::thread a([&] {
    for (int i = 0; i < 2; ++i) {
      ping.acquire();
      require(value == 2 * i, "it is the first one's turn");
      ++value;
      pong.release();
    }
  });
  std::thread b([&] {
    for (int i = 0; i < 2; ++i) {
      pong.acquire();
      ++value;
      ping.release();
    }
  });
  a.join();
  b.join();
  require(value == 4, "all four turns were taken");
}

CORRECT(semaphore_with_timeout) {
  std::counting_semaphore<1> never(0);
  require(!never.try_acquire_for(5s), "nobody releases it");
}

CORRECT(posix_semaphore) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  int value = 0;
  std::thread other([&] {
    value = 1;
    sem_post(&semaphore);
  });
  sem_wait(&semaphore);
  require(value == 1, "the post comes after the write");
  other.join();
  sem_destroy(&semaphore);
}

namespace {
std::atomic<int> destroyed = 0;
struct Counted {
  int value = 0;
  ~Counted() { ++destroyed; }
};
thread_local Counted mine;
}  // namespace

CORRECT(thread_local_with_destructor) {
  destroyed = 0;
  const auto work = [] {
    require(mine.value == 0, "each thread begins with its own");
    mine.value = 1;
  };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
  require(destroyed == 2, "each one is destroyed at its thread's end");
}

CORRECT(shared_pointer_counts) {
  auto shared = std::make_shared<int>(5);
  const std::weak_ptr<int> weak = shared;
  std::thread a([copy = shared] { require(*copy == 5, "a copy keeps the object alive"); });
  std::thread b([weak] {
    if (const auto locked = weak.lock()) require(*locked == 5, "so does a locked weak pointer");
  });
  shared.reset();
  a.join();
  b.join();
  require(weak.expired(), "the last one out ends it");
}

CORRECT(atomic_shared_pointer) {
  std::shared_ptr<int> slot = std::make_shared<int>(1);
  std::thread writer([&] { std::atomic_store(&slot, std::make_shared<int>(2)); });
  const auto seen = std::atomic_load(&slot);
  require(*seen == 1 || *seen == 2, "a whole pointer is read");
  writer.join();
}

CORRECT(exception_within_a_thread) {
  std::thread([] {
    try {
      throw std::logic_error("inside");
    } catch (const std::exception&) {
    }
  }).join();
}

CORRECT(ten_hours_of_sleep) {
  const auto start = std::chrono::system_clock::now();
  std::thread a([] { std::this_thread::sleep_for(10h); });
  std::thread b([] { std::this_thread::sleep_until(std::chrono::system_clock::now() + 9h); });
  a.join();
  b.join();
  require(std::chrono::system_clock::now() - start >= 10h, "ten hours have passed");
}

CORRECT(alarm_as_a_watchdog) {
  require(alarm(600) == 0, "no alarm was set");
  std::this_thread::sleep_for(10s);
  require(alarm(5) == 590, "ten seconds of the first alarm have passed");
  std::this_thread::sleep_for(1s);
  require(alarm(0) == 4, "the second alarm has replaced the first");
  std::this_thread::sleep_for(10h);
}

CORRECT(busy_wait_on_the_clock) {
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 50ms) {
  }
}

TIMED(sleepers_wake_in_order) {
  std::vector<int> order;
  std::mutex mutex;
  const auto sleeper = [&](int ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    const std::lock_guard guard(mutex);
    order.push_back(ms);
  };
  std::thread a(sleeper, 30);
  std::thread b(sleeper, 10);
  a.join();
  b.join();
  require(order == std::vector<int>{10, 30}, "the shorter sleep ends first");
}

CORRECT(detached_thread) {
  auto promise = std::make_shared<std::promise<int>>();
  auto future = promise->get_future();
  std::thread([promise] { promise->set_value(3); }).detach();
  require(future.get() == 3, "a detached thread works too");
}

CORRECT(fan_out_and_in) {
  std::vector<int> parts(4);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&parts, i] { parts[static_cast<std::size_t>(i)] = i; });
  }
  require(std::accumulate(parts.begin(), parts.end(), 0) == 6, "each thread fills its own part");
}

CORRECT(threads_of_threads) {
  std::atomic<int> count = 0;
  std::thread outer([&] {
    std::thread inner([&] { ++count; });
    ++count;
    inner.join();
  });
  outer.join();
  require(count == 2, "both ran");
}

CORRECT(pthread_keys) {
  static pthread_key_t key;
  static std::atomic<int> freed;
  freed = 0;
  pthread_key_create(&key, [](void* value) {
    delete static_cast<int*>(value);
    ++freed;
  });
  const auto work = [] {
    require(pthread_getspecific(key) == nullptr, "a thread begins without a value");
    pthread_setspecific(key, new int(1));
  };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
  require(freed == 2, "each value is freed at its thread's end");
  pthread_key_delete(key);
}

CORRECT(pthread_exit_runs_destructors) {
  static int destroyed_frames;
  destroyed_frames = 0;
  std::thread([] {
    struct OnLeaving {
      ~OnLeaving() { ++destroyed_frames; }
    } on_leaving;
    pthread_exit(nullptr);
  }).join();
  require(destroyed_frames == 1, "leaving a thread runs the destructors of its frames");
}

namespace {
struct Task {
  struct promise_type {
    int value = 0;
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(int result) { value = result; }
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
Task add(int a, int b) {
  co_await std::suspend_always{};
  co_return a + b;
}
}  // namespace

CORRECT(coroutine_resumed_by_another_thread) {
  Task task = add(20, 22);
  task.handle.resume();
  std::thread([&] { task.handle.resume(); }).join();
  require(task.handle.done() && task.handle.promise().value == 42, "the other thread finishes it");
  task.handle.destroy();
}
