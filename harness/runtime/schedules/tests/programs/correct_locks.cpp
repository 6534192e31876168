// Correct programs around mutexes of every kind, condition variables and one-time initialisation.
#include <errno.h>
#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;

namespace {

int counter = 0;
std::mutex counter_mutex;

}  // namespace

CORRECT(mutex_counter) {
  const auto work = [] {
    for (int i = 0; i < 3; ++i) {
      const std::lock_guard guard(counter_mutex);
      ++counter;
    }
  };
  run_two(work, work);
  require(counter == 6, "no increment is lost");
}

CORRECT(recursive_mutex) {
  std::recursive_mutex mutex;
  int value = 0;
  const auto work = [&] {
    const std::lock_guard outer(mutex);
    const std::lock_guard inner(mutex);
    ++value;
  };
  run_two(work, work);
  require(value == 2, "both increments are there");
}

CORRECT(timed_mutex_in_time) {
  std::timed_mutex mutex;
  int value = 0;
  const auto work = [&] {
    if (mutex.try_lock_for(std::chrono::seconds(10))) {
      ++value;
      mutex.unlock();
    }
  };
  run_two(work, work);
  require(value == 2, "nobody holds the mutex for ten seconds");
}

TIMED(timed_mutex_too_late) {
  std::timed_mutex mutex;
  mutex.lock();
  std::thread other([&] { require(!mutex.try_lock_for(std::chrono::seconds(1)), "the mutex stays locked"); });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  mutex.unlock();
  other.join();
}

CORRECT(recursive_timed_mutex) {
  std::recursive_timed_mutex mutex;
  int value = 0;
  const auto work = [&] {
    const std::lock_guard outer(mutex);
    if (mutex.try_lock_until(std::chrono::steady_clock::now() + std::chrono::seconds(1))) {
      ++value;
      mutex.unlock();
    }
  };
  run_two(work, work);
  require(value == 2, "a thread can take again what it holds");
}

CORRECT(try_lock_or_leave) {
  std::mutex mutex;
  int taken = 0;
  const auto work = [&] {
    if (mutex.try_lock()) {
      ++taken;
      mutex.unlock();
    }
  };
  run_two(work, work);
  require(taken >= 1, "one of two can have the mutex");
}

CORRECT(shared_mutex_readers) {
  std::shared_mutex mutex;
  int value = 0;
  std::thread writer([&] {
    const std::unique_lock lock(mutex);
    value = 1;
  });
  const auto read = [&] {
    const std::shared_lock lock(mutex);
    require(value == 0 || value == 1, "a reader sees a whole value");
  };
  run_two(read, read);
  writer.join();
}

CORRECT(shared_timed_mutex) {
  std::shared_timed_mutex mutex;
  int value = 0;
  run_two(
      [&] {
        if (mutex.try_lock_shared_for(std::chrono::seconds(1))) {
          require(value >= 0, "the value is never negative");
          mutex.unlock_shared();
        }
      },
      [&] {
        if (mutex.try_lock_for(std::chrono::seconds(1))) {
          ++value;
          mutex.unlock();
        }
      });
}

CORRECT(scoped_lock_both_orders) {
  std::mutex a;
  std::mutex b;
  int value = 0;
  run_two(
      [&] {
        const std::scoped_lock lock(a, b);
        ++value;
      },
      [&] {
        const std::scoped_lock lock(b, a);
        ++value;
      });
  require(value == 2, "both increments are there");
}

CORRECT(locks_in_one_order) {
  std::mutex a;
  std::mutex b;
  const auto work = [&] {
    const std::lock_guard first(a);
    const std::lock_guard second(b);
    ++counter;
  };
  run_two(work, work);
}

CORRECT(opposite_orders_behind_a_gate) {
  std::mutex gate;
  std::mutex a;
  std::mutex b;
  run_two(
      [&] {
        const std::lock_guard guard(gate);
        const std::lock_guard first(a);
        const std::lock_guard second(b);
      },
      [&] {
        const std::lock_guard guard(gate);
        const std::lock_guard first(b);
        const std::lock_guard second(a);
      });
}

CORRECT(opposite_orders_one_after_the_other) {
  std::mutex a;
  std::mutex b;
  std::thread([&] {
    const std::lock_guard first(a);
    const std::lock_guard second(b);
  }).join();
  std::thread([&] {
    const std::lock_guard first(b);
    const std::lock_guard second(a);
  }).join();
}

CORRECT(bounded_buffer) {
  std::mutex mutex;
  std::condition_variable not_empty;
  std::condition_variable not_full;
  std::deque<int> items;
  int sum = 0;
  run_two(
      [&] {
        for (int i = 1; i <= 3; ++i) {
          std::unique_lock lock(mutex);
          not_full.wait(lock, [&] { return items.size() < 1; });
          items.push_back(i);
          not_empty.notify_one();
        }
      },
      [&] {
        for (int i = 1; i <= 3; ++i) {
          std::unique_lock lock(mutex);
          not_empty.wait(lock, [&] { return !items.empty(); });
          sum += items.front();
          items.pop_front();
          not_full.notify_one();
        }
      });
  require(sum == 6, "every item arrives once");
}

CORRECT(flag_with_condition) {
  std::mutex mutex;
  std::condition_variable condition;
  bool ready = false;
  run_two(
      [&] {
        std::unique_lock lock(mutex);
        while (!ready) condition.wait(lock);
      },
      [&] {
        {
          const std::lock_guard guard(mutex);
          ready = true;
        }
        condition.notify_all();
      });
}

CORRECT(condition_with_timeout) {
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock lock(mutex);
  const auto start = std::chrono::steady_clock::now();
  require(!condition.wait_for(lock, std::chrono::hours(10), [] { return false; }), "nobody ever notifies");
  require(std::chrono::steady_clock::now() - start >= std::chrono::hours(10), "the wait took its time");
}

CORRECT(condition_any_with_shared_mutex) {
  std::shared_mutex mutex;
  std::condition_variable_any condition;
  bool ready = false;
  run_two(
      [&] {
        std::shared_lock lock(mutex);
        condition.wait(lock, [&] { return ready; });
      },
      [&] {
        const std::unique_lock lock(mutex);
        ready = true;
        condition.notify_all();
      });
}

CORRECT(notify_at_thread_exit) {
  std::mutex mutex;
  std::condition_variable condition;
  bool ready = false;
  std::thread other([&] {
    std::unique_lock lock(mutex);
    ready = true;
    std::notify_all_at_thread_exit(condition, std::move(lock));
  });
  {
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return ready; });
  }
  other.join();
}

CORRECT(call_once_twice) {
  std::once_flag flag;
  int made = 0;
  const auto work = [&] {
    std::call_once(flag, [&] { ++made; });
    require(made == 1, "the initialisation is done when call_once returns");
  };
  run_two(work, work);
}

CORRECT(call_once_that_throws_first) {
  std::once_flag flag;
  int tries = 0;
  const auto work = [&] {
    try {
      std::call_once(flag, [&] {
        if (++tries == 1) throw 1;
      });
    } catch (int) {
    }
  };
  run_two(work, work);
  require(tries == 2, "after an exception the next one tries again");
}

namespace {
struct Lazy {
  int value = 42;
};
Lazy& lazy() {
  static Lazy instance;
  return instance;
}
}  // namespace

CORRECT(function_local_static) {
  const auto work = [] { require(lazy().value == 42, "the object is whole when it is first seen"); };
  run_two(work, work);
}

CORRECT(pthread_objects) {
  struct Shared {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    int turn = 0;
  } shared;
  const auto work = [](void* argument) -> void* {
    Shared& all = *static_cast<Shared*>(argument);
    pthread_mutex_lock(&all.mutex);
    ++all.turn;
    pthread_cond_broadcast(&all.condition);
    while (all.turn < 2) pthread_cond_wait(&all.condition, &all.mutex);
    pthread_mutex_unlock(&all.mutex);
    return argument;
  };
  pthread_t threads[2];
  for (pthread_t& thread : threads) pthread_create(&thread, nullptr, work, &shared);
  for (const pthread_t thread : threads) {
    void* result = nullptr;
    pthread_join(thread, &result);
    require(result == &shared, "a thread's result comes back");
  }
  pthread_cond_destroy(&shared.condition);
  pthread_mutex_destroy(&shared.mutex);
}

CORRECT(errorcheck_mutex) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutex_lock(&mutex);
  require(pthread_mutex_lock(&mutex) == EDEADLK, "locking it again is told");
  pthread_mutex_unlock(&mutex);
  pthread_mutex_destroy(&mutex);
}

CORRECT(pthread_spin_and_barrier) {
  pthread_spinlock_t spin;
  pthread_barrier_t barrier;
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  pthread_barrier_init(&barrier, nullptr, 2);
  int value = 0;
  const auto work = [&] {
    pthread_spin_lock(&spin);
    ++value;
    pthread_spin_unlock(&spin);
    pthread_barrier_wait(&barrier);
    require(value == 2, "after the barrier both have been");
  };
  run_two(work, work);
  pthread_barrier_destroy(&barrier);
}

CORRECT(mutexes_on_a_reused_stack) {
  // New mutexes come to lie where old ones lay.
  const auto one = [] {
    std::mutex mutex;
    int value = 0;
    std::thread other([&] {
      const std::lock_guard guard(mutex);
      ++value;
    });
    {
      const std::lock_guard guard(mutex);
      ++value;
    }
    other.join();
    return value;
  };
  require(one() + one() + one() == 6, "each round counts to two");
}
