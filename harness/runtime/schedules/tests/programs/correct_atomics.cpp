// Correct programs around atomics: spin locks, message passing, fences, waiting.
#include <array>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;

CORRECT(atomic_counter) {
  std::atomic<int> count = 0;
  const auto work = [&] {
    for (int i = 0; i < 3; ++i) count.fetch_add(1, std::memory_order_relaxed);
  };
  run_two(work, work);
  require(count == 6, "no increment is lost");
}

CORRECT(compare_exchange_loop) {
  std::atomic<int> count = 0;
  const auto work = [&] {
    for (int i = 0; i < 2; ++i) {
      int seen = count.load();
      while (!count.compare_exchange_weak(seen, seen + 1)) {
      }
    }
  };
  run_two(work, work);
  require(count == 4, "no increment is lost");
}

CORRECT(spin_lock) {
  std::atomic_flag lock;
  int value = 0;
  const auto work = [&] {
    for (int i = 0; i < 2; ++i) {
      while (lock.test_and_set(std::memory_order_acquire)) {
      }
      ++value;
      lock.clear(std::memory_order_release);
    }
  };
  run_two(work, work);
  require(value == 4, "no increment is lost");
}

CORRECT(spin_lock_that_looks_first) {
  std::atomic<bool> locked = false;
  int value = 0;
  const auto work = [&] {
    for (;;) {
      while (locked.load(std::memory_order_relaxed)) std::this_thread::yield();
      if (!locked.exchange(true, std::memory_order_acquire)) break;
    }
    ++value;
    locked.store(false, std::memory_order_release);
  };
  run_two(work, work);
  require(value == 2, "no increment is lost");
}

CORRECT(ticket_lock) {
  std::atomic<unsigned> next = 0;
  std::atomic<unsigned> serving = 0;
  int value = 0;
  const auto work = [&] {
    const unsigned ticket = next.fetch_add(1, std::memory_order_relaxed);
    while (serving.load(std::memory_order_acquire) != ticket) {
    }
    ++value;
    serving.store(ticket + 1, std::memory_order_release);
  };
  run_two(work, work);
  require(value == 2, "no increment is lost");
}

CORRECT(flag_lock_with_wait) {
  std::atomic_flag lock;
  int value = 0;
  const auto work = [&] {
    while (lock.test_and_set(std::memory_order_acquire)) lock.wait(true, std::memory_order_relaxed);
    ++value;
    lock.clear(std::memory_order_release);
    lock.notify_one();
  };
  run_two(work, work);
  require(value == 2, "no increment is lost");
}

CORRECT(peterson_lock) {
  std::atomic<bool> wants[2] = {false, false};
  std::atomic<int> turn = 0;
  int value = 0;
  const auto work = [&](int me) {
    wants[me] = true;
    turn = 1 - me;
    while (wants[1 - me] && turn == 1 - me) {
    }
    ++value;
    wants[me] = false;
  };
  run_two([&] { work(0); }, [&] { work(1); });
  require(value == 2, "no increment is lost");
}

CORRECT(message_passing) {
  int message = 0;
  std::atomic<bool> ready = false;
  run_two(
      [&] {
        message = 42;
        ready.store(true, std::memory_order_release);
      },
      [&] {
        while (!ready.load(std::memory_order_acquire)) {
        }
        require(message == 42, "the message is there when the flag is");
      });
}

CORRECT(message_passing_with_fences) {
  int message = 0;
  std::atomic<bool> ready = false;
  run_two(
      [&] {
        message = 42;
        std::atomic_thread_fence(std::memory_order_release);
        ready.store(true, std::memory_order_relaxed);
      },
      [&] {
        while (!ready.load(std::memory_order_relaxed)) {
        }
        std::atomic_thread_fence(std::memory_order_acquire);
        require(message == 42, "the message is there when the flag is");
      });
}

CORRECT(release_sequence) {
  int message = 0;
  std::atomic<int> stage = 0;
  std::thread middle([&] {
    int one = 1;
    while (!stage.compare_exchange_weak(one, 2, std::memory_order_relaxed)) one = 1;
  });
  run_two(
      [&] {
        message = 42;
        stage.store(1, std::memory_order_release);
      },
      [&] {
        while (stage.load(std::memory_order_acquire) != 2) {
        }
        require(message == 42, "the update in between continues the release");
      });
  middle.join();
}

CORRECT(atomic_wait_and_notify) {
  std::atomic<int> value = 0;
  run_two([&] { value.wait(0); },
          [&] {
            value = 1;
            value.notify_one();
          });
}

CORRECT(atomic_ref_counter) {
  int plain = 0;
  const auto work = [&] { std::atomic_ref(plain).fetch_add(1); };
  run_two(work, work);
  require(plain == 2, "no increment is lost");
}

CORRECT(neighbours_in_a_word) {
  struct {
    char a = 0;
    char b = 0;
  } both;
  run_two([&] { both.a = 1; }, [&] { both.b = 1; });
  require(both.a + both.b == 2, "different bytes do not disturb each other");
}

CORRECT(sixteen_byte_atomic) {
  struct Pair {
    long a;
    long b;
  };
  std::atomic<Pair> pair{Pair{0, 0}};
  const auto work = [&] {
    Pair seen = pair.load();
    while (!pair.compare_exchange_weak(seen, Pair{seen.a + 1, seen.b + 1})) {
    }
  };
  run_two(work, work);
  const Pair last = pair.load();
  require(last.a == 2 && last.b == 2, "both halves change together");
}

CORRECT(small_atomics) {
  std::atomic<bool> flag = false;
  std::atomic<char> letter = 'a';
  std::atomic<short> number = 0;
  const auto work = [&] {
    flag = true;
    letter = 'b';
    number += 2;
  };
  run_two(work, work);
  require(flag && letter == 'b' && number == 4, "atomics of every size work");
}

// The thread drops its own reference to the exception after it has handed one over: the two are ordered by
// the count of references alone, inside the C++ library.
CORRECT(exception_handed_over) {
  std::mutex mutex;
  std::condition_variable changed;
  std::exception_ptr error;
  std::thread thrower([&] {
    std::exception_ptr own;
    try {
      throw std::runtime_error("handed over");
    } catch (...) {
      own = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    error = own;
    changed.notify_one();
  });
  std::exception_ptr taken;
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return error != nullptr; });
    taken.swap(error);
  }
  try {
    std::rethrow_exception(std::exchange(taken, nullptr));
  } catch (const std::runtime_error& caught) {
    require(std::string_view(caught.what()) == "handed over", "the exception arrives as it was thrown");
  }
  thrower.join();
}
