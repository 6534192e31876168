// Programs with one bug each: deadlocks, lost wake-ups and livelocks.
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

// --- deadlock

WRONG_OR(abba_deadlock, deadlock, potential_deadlock) {
  std::mutex a;
  std::mutex b;
  run_two(
      [&] {
        const std::lock_guard first(a);
        const std::lock_guard second(b);
      },
      [&] {
        const std::lock_guard first(b);
        const std::lock_guard second(a);
      });
}
WRONG(self_deadlock, deadlock) {
  std::mutex mutex;
  const std::lock_guard first(mutex);
  mutex.lock();
}
WRONG_OR(three_philosophers, deadlock, potential_deadlock) {
  std::mutex forks[3];
  std::vector<std::thread> philosophers;
  for (int i = 0; i < 3; ++i)
    philosophers.emplace_back([&forks, i] {
      const std::lock_guard left(forks[i]);
      const std::lock_guard right(forks[(i + 1) % 3]);
    });
  for (std::thread& philosopher : philosophers) philosopher.join();
}
WRONG(join_while_holding, deadlock) {
  std::mutex mutex;
  const std::lock_guard guard(mutex);
  std::thread([&] { const std::lock_guard inner(mutex); }).join();
}
WRONG(semaphore_never_released, deadlock) {
  std::binary_semaphore semaphore(0);
  std::thread([&] { semaphore.acquire(); }).join();
}
WRONG(latch_short_of_one, deadlock) {
  std::latch latch(3);
  run_two([&] { latch.arrive_and_wait(); }, [&] { latch.arrive_and_wait(); });
}
WRONG(promise_never_kept, deadlock) {
  std::promise<int> promise;
  auto future = promise.get_future();
  std::thread([&] { future.wait(); }).join();
}
WRONG(lock_upgrade, deadlock) {
  std::shared_mutex mutex;
  const auto work = [&] {
    mutex.lock_shared();
    mutex.lock();
    mutex.unlock();
    mutex.unlock_shared();
  };
  run_two(work, work);
}

// The notification that nobody hears is not lost: the waiting thread saw what it told, and it was not enough.
WRONG(waits_for_more_than_there_is, deadlock) {
  std::mutex mutex;
  std::condition_variable changed;
  int count = 0;
  const auto add_one = [&] {
    const std::lock_guard lock(mutex);
    ++count;
    changed.notify_all();
  };
  std::thread waiter([&] {
    add_one();
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return count >= 3; });
  });
  add_one();
  waiter.join();
}

// --- lost_wakeup

WRONG(flag_set_without_the_lock, lost_wakeup) {
  std::mutex mutex;
  std::condition_variable condition;
  std::atomic<bool> ready = false;
  run_two(
      [&] {
        std::unique_lock lock(mutex);
        while (!ready) condition.wait(lock);
      },
      [&] {
        ready = true;
        condition.notify_one();
      });
}
WRONG(wait_without_a_condition, lost_wakeup) {
  std::mutex mutex;
  std::condition_variable condition;
  run_two(
      [&] {
        std::unique_lock lock(mutex);
        condition.wait(lock);
      },
      [&] { condition.notify_one(); });
}
// In some schedules the waiter hears the notification and finds nothing changed: then it is a plain deadlock.
WRONG_OR(notify_before_the_change, lost_wakeup, deadlock) {
  std::mutex mutex;
  std::condition_variable condition;
  bool ready = false;
  run_two(
      [&] {
        std::unique_lock lock(mutex);
        condition.wait(lock, [&] { return ready; });
      },
      [&] {
        condition.notify_one();
        const std::lock_guard guard(mutex);
        ready = true;
      });
}
WRONG(checked_outside_the_lock, lost_wakeup) {
  std::mutex mutex;
  std::condition_variable condition;
  std::atomic<int> items = 0;
  run_two(
      [&] {
        if (items == 0) {
          std::unique_lock lock(mutex);
          condition.wait(lock);
        }
      },
      [&] {
        const std::lock_guard guard(mutex);
        items = 1;
        condition.notify_one();
      });
}
WRONG(two_waits_one_flag, lost_wakeup) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::atomic<bool> stop = false;
  std::thread worker([&] {
    while (!stop) {
      std::unique_lock lock(mutex);
      condition.wait(lock);
    }
  });
  stop = true;
  condition.notify_all();
  worker.join();
}

// If one of the two hears it, nobody failed to: then it is a plain deadlock.
WRONG_OR(pulse_for_two, lost_wakeup, deadlock) {
  std::mutex mutex;
  std::condition_variable condition;
  const auto wait = [&] {
    std::unique_lock lock(mutex);
    condition.wait(lock);
  };
  std::thread first(wait);
  std::thread second(wait);
  condition.notify_all();
  first.join();
  second.join();
}
WRONG(gate_closed_at_once, lost_wakeup) {
  std::mutex mutex;
  std::condition_variable condition;
  bool open = false;
  run_two(
      [&] {
        std::unique_lock lock(mutex);
        if (!open) condition.wait(lock);
      },
      [&] {
        const std::lock_guard guard(mutex);
        open = true;
        condition.notify_all();
        open = false;
      });
}

// --- livelock

WRONG(spin_on_nothing, livelock) {
  std::atomic<bool> flag = false;
  std::thread([&] {
    while (!flag.load()) {
    }
  }).join();
}
WRONG(spin_lock_never_released, livelock) {
  std::atomic_flag lock;
  const auto work = [&] {
    while (lock.test_and_set()) {
    }
  };
  run_two(work, work);
}
WRONG(yield_for_ever, livelock) {
  std::atomic<int> turn = 0;
  std::thread([&] {
    while (turn.load() != 1) std::this_thread::yield();
  }).join();
}
WRONG(two_wait_for_each_other, livelock) {
  std::atomic<bool> a = false;
  std::atomic<bool> b = false;
  run_two(
      [&] {
        while (!b) std::this_thread::yield();
        a = true;
      },
      [&] {
        while (!a) std::this_thread::yield();
        b = true;
      });
}
WRONG(poll_with_sleep_for_ever, livelock) {
  std::atomic<bool> done = false;
  while (!done) std::this_thread::sleep_for(1ms);
}
