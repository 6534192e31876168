// Programs with one bug each: data races and wrong outcomes.
#include <pthread.h>
#include <unistd.h>

#include <array>
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
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;
using namespace std::chrono_literals;

// --- data_race

WRONG(race_plain_counter, data_race) {
  int counter = 0;
  run_two([&] { ++counter; }, [&] { ++counter; });
}
WRONG(race_inside_the_c_library, data_race) {
  // No access of its own code: swab() reads and writes for it.
  char bytes[8] = {};
  const char ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  std::thread other([&] { swab(ones, bytes, sizeof bytes); });
  swab(ones, bytes, sizeof bytes);
  other.join();
}
WRONG(race_inside_a_string_stream, data_race) {
  // What changes lies in the library's object code.
  std::stringstream text;
  run_two([&] { text << 1; }, [&] { text << 2; });
}
WRONG(race_of_a_look_at_a_string_stream, data_race) {
  std::wostringstream text;
  std::wstring seen;
  run_two([&] { text << 1L; }, [&] { seen = text.str(); });
}
WRONG(race_flag_without_atomic, data_race) {
  bool ready = false;
  run_two([&] { ready = true; },
          [&] {
            for (int i = 0; i < 3 && !*const_cast<volatile bool*>(&ready); ++i) {
            }
          });
}
WRONG(race_relaxed_publication, data_race) {
  int message = 0;
  std::atomic<bool> ready = false;
  run_two(
      [&] {
        message = 1;
        ready.store(true, std::memory_order_relaxed);
      },
      [&] {
        while (!ready.load(std::memory_order_relaxed)) {
        }
        message += 1;
      });
}
WRONG(race_two_mutexes, data_race) {
  std::mutex a;
  std::mutex b;
  int value = 0;
  run_two(
      [&] {
        const std::lock_guard guard(a);
        ++value;
      },
      [&] {
        const std::lock_guard guard(b);
        ++value;
      });
}
WRONG(race_vector_growth, data_race) {
  std::vector<int> values;
  values.reserve(8);
  run_two([&] { values.push_back(1); }, [&] { values.push_back(2); });
}
WRONG(race_write_under_shared_lock, data_race) {
  std::shared_mutex mutex;
  int value = 0;
  const auto work = [&] {
    const std::shared_lock lock(mutex);
    ++value;
  };
  run_two(work, work);
}
WRONG(race_double_checked_without_atomic, data_race) {
  int* instance = nullptr;
  std::mutex mutex;
  const auto get = [&] {
    if (*const_cast<int* volatile*>(&instance) == nullptr) {
      const std::lock_guard guard(mutex);
      if (instance == nullptr) instance = new int(1);
    }
  };
  run_two(get, get);
}
WRONG(race_with_memcpy, data_race) {
  char from[64] = {};
  char to[64] = {};
  volatile std::size_t size = sizeof to;
  const auto work = [&] { memcpy(to, from, size); };
  run_two(work, work);
  require(to[size / 2] == 0, "the copy is like the original");
}
WRONG(race_atomic_against_plain, data_race) {
  int value = 0;
  run_two([&] { std::atomic_ref(value).store(1); }, [&] { value = 2; });
}

// --- wrong_outcome

WRONG(lost_update_by_load_and_store, wrong_outcome) {
  std::atomic<int> value = 0;
  const auto work = [&] { value.store(value.load() + 1); };
  run_two(work, work);
  require(value == 2, "both increments are there");
}
WRONG(check_then_act, wrong_outcome) {
  std::mutex mutex;
  int balance = 10;
  const auto withdraw = [&] {
    bool enough = false;
    {
      const std::lock_guard guard(mutex);
      enough = balance >= 10;
    }
    if (enough) {
      const std::lock_guard guard(mutex);
      balance -= 10;
    }
  };
  run_two(withdraw, withdraw);
  require(balance >= 0, "nobody overdraws");
}
WRONG(if_instead_of_while, wrong_outcome) {
  std::mutex mutex;
  std::condition_variable condition;
  int items = 0;
  const auto take = [&] {
    std::unique_lock lock(mutex);
    if (items == 0) condition.wait(lock);
    --items;
    require(items >= 0, "nobody takes from an empty buffer");
  };
  std::thread a(take);
  std::thread b(take);
  for (int i = 0; i < 2; ++i) {
    const std::lock_guard guard(mutex);
    ++items;
    condition.notify_all();
  }
  a.join();
  b.join();
}
WRONG(broken_spin_lock, wrong_outcome) {
  std::atomic<bool> locked = false;
  std::atomic<int> inside = 0;
  const auto work = [&] {
    while (locked.load()) {
    }
    locked.store(true);
    require(++inside == 1, "one at a time");
    --inside;
    locked.store(false);
  };
  run_two(work, work);
}
WRONG(aba_stack, wrong_outcome) {
  // A stack of node numbers: 0 is the end, nodes 1 and 2 point down. One pop sleeps between reading the top
  // and its compare-exchange, while the other pops two and pushes the first back.
  std::atomic<int> top = 1;
  std::atomic<int> next[3] = {0, 2, 0};
  const auto pop = [&] {
    int seen = top.load();
    while (seen != 0 && !top.compare_exchange_strong(seen, next[seen].load())) {
    }
    return seen;
  };
  std::atomic<int> taken_second = 0;
  run_two([&] { (void)pop(); },
          [&] {
            const int first = pop();
            const int second = pop();
            taken_second = second;
            if (first != 0) {
              next[first].store(top.load());
              top.store(first);
            }
          });
  require(!(taken_second.load() == 2 && top.load() == 2), "a node that was taken is not on the stack");
}

namespace {
using Words = std::array<std::atomic<int>, 7>;
[[gnu::noinline]] int sum_of(const Words& words) {
  int sum = 0;
  for (const std::atomic<int>& word : words) sum += word.load();
  return sum;
}
}  // namespace
// Who looks at the same words twice, one after the other, is in no loop that waits for others: it may go on
// first.
WRONG(who_looked_twice_is_first, wrong_outcome) {
  std::array<Words, 3> pages{};
  std::mutex mutex;
  int first = 0;
  const auto come = [&](int who) {
    const std::lock_guard guard(mutex);
    if (first == 0) first = who;
  };
  std::thread other([&] {
    come(2);
    for (Words& words : pages)
      for (std::atomic<int>& word : words) word.store(1);
  });
  int sum = 0;
  for (const auto& words : pages)
    for (int round = 0; round < 2; ++round) sum += sum_of(words);
  come(1);
  other.join();
  require(first == 2 && sum >= 0, "the other thread is first");
}
// However often it looked.
WRONG(who_left_its_loop_is_first, wrong_outcome) {
  std::atomic<int> word = 0;
  std::mutex mutex;
  int first = 0;
  const auto come = [&](int who) {
    const std::lock_guard guard(mutex);
    if (first == 0) first = who;
  };
  std::thread other([&] { come(2); });
  int sum = 0;
  for (int round = 0; round < 100; ++round) sum += word.load();
  come(1);
  other.join();
  require(first == 2 && sum == 0, "the other thread is first");
}
