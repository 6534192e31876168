// The shared variables of the SCTBench programs are atomic here, so that the bug itself has to show and not
// the data race, which the detector would report at once.
#include "bugs.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "explore.hpp"

namespace racecourse::bench {

using schedules::FindingKind;

namespace {

void check(bool holds) {
  if (!holds) schedules::report_failure(FindingKind::wrong_outcome, "the program's own check");
}

void run_two(auto first, auto second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

void join_all(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
}

void lost_update() {
  std::atomic<int> value = 0;
  const auto work = [&] { value.store(value.load() + 1); };
  run_two(work, work);
  check(value == 2);
}

void abba() {
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

void lost_wakeup() {
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

void check_then_act() {
  std::mutex mutex;
  int balance = 10;
  const auto enough = [&] {
    const std::lock_guard guard(mutex);
    return balance >= 10;
  };
  const auto withdraw = [&] {
    if (!enough()) return;
    const std::lock_guard guard(mutex);
    balance -= 10;
  };
  run_two(withdraw, withdraw);
  check(balance >= 0);
}

void aba() {
  // A stack of node numbers; 0 is the end. One pop is overtaken by two pops and a push of the same node.
  std::atomic<int> top = 1;
  std::atomic<int> next[3] = {0, 2, 0};
  std::atomic<int> second_taken = 0;
  const auto pop = [&] {
    int seen = top.load();
    while (seen != 0 && !top.compare_exchange_strong(seen, next[seen].load())) {
    }
    return seen;
  };
  run_two([&] { (void)pop(); },
          [&] {
            const int first = pop();
            second_taken = pop();
            if (first == 0) return;
            next[first].store(top.load());
            top.store(first);
          });
  check(!(second_taken == 2 && top == 2));
}

void missed_signal() {
  std::mutex mutex;
  std::condition_variable condition;
  run_two(
      [&] {
        std::unique_lock lock(mutex);
        condition.wait(lock);
      },
      [&] {
        const std::lock_guard guard(mutex);
        condition.notify_one();
      });
}

void double_checked_locking() {
  int* instance = nullptr;
  int object = 0;
  std::mutex mutex;
  const auto get = [&] {
    if (*const_cast<int* volatile*>(&instance) != nullptr) return;
    const std::lock_guard guard(mutex);
    if (instance == nullptr) instance = &object;
  };
  run_two(get, get);
}

void starved_writer() {
  // Two readers relay: one leaves only when the other is inside.
  std::shared_mutex mutex;
  std::atomic<bool> over = false;
  std::atomic<int> entered = 0;
  const auto read = [&](int reader) {
    for (int turn = reader; !over; turn += 2) {
      while (entered < turn && !over) std::this_thread::yield();
      const std::shared_lock lock(mutex);
      ++entered;
      while (entered < turn + 2 && !over) std::this_thread::yield();
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(read, 0);
  threads.emplace_back(read, 1);
  while (entered == 0) std::this_thread::yield();
  threads.emplace_back([&] {
    const std::lock_guard guard(mutex);
    over = true;
  });
  join_all(threads);
}

void buffer_with_if() {
  std::mutex mutex;
  std::condition_variable filled;
  int items = 0;
  const auto take = [&] {
    std::unique_lock lock(mutex);
    if (items == 0) filled.wait(lock);
    check(--items >= 0);
  };
  std::vector<std::thread> threads;
  threads.emplace_back(take);
  threads.emplace_back(take);
  for (int i = 0; i < 2; ++i) {
    const std::lock_guard guard(mutex);
    ++items;
    filled.notify_all();
  }
  join_all(threads);
}

// SCTBench reorder_N: the checker must come between the two stores of the first of N-1 setters, before any
// other setter is through.
template <int kThreads>
void reorder() {
  std::atomic<int> a = 0;
  std::atomic<int> b = 0;
  std::vector<std::thread> threads;
  for (int i = 1; i < kThreads; ++i)
    threads.emplace_back([&] {
      a.store(1);
      b.store(-1);
    });
  threads.emplace_back([&] { check((a == 0 && b == 0) || (a == 1 && b == -1)); });
  join_all(threads);
}

// SCTBench twostage_N: the reader must come between the two stages of the first of N-1 writers.
template <int kThreads>
void twostage() {
  std::mutex first_lock;
  std::mutex second_lock;
  int first = 0;
  int second = 0;
  std::vector<std::thread> threads;
  for (int i = 1; i < kThreads; ++i)
    threads.emplace_back([&] {
      int seen = 0;
      {
        const std::lock_guard guard(first_lock);
        first = 1;
        seen = first;
      }
      const std::lock_guard guard(second_lock);
      second = seen + 1;
    });
  threads.emplace_back([&] {
    int seen = 0;
    {
      const std::lock_guard guard(first_lock);
      if (first == 0) return;
      seen = first;
    }
    const std::lock_guard guard(second_lock);
    check(second == seen + 1);
  });
  join_all(threads);
}

// SCTBench wronglock_N: one thread uses one lock, N others another one, for the same value.
template <int kThreads>
void wronglock() {
  std::mutex right;
  std::mutex wrong;
  std::atomic<int> value = 0;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    const std::lock_guard guard(right);
    const int seen = value.load();
    value.store(seen + 1);
    check(value == seen + 1);
  });
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      const std::lock_guard guard(wrong);
      value.store(value.load() + 1);
    });
  join_all(threads);
}

// The Bluetooth driver of Qadeer and Wu (PLDI 2004): a request runs after the driver has stopped.
void bluetooth() {
  std::atomic<int> pending = 1;
  std::atomic<bool> stopping = false;
  std::atomic<bool> stopped = false;
  const auto leave = [&] {
    if (pending.fetch_sub(1) == 1) stopped = true;
  };
  run_two(
      [&] {
        if (stopping) return;
        ++pending;
        check(!stopped);
        leave();
      },
      [&] {
        stopping = true;
        leave();
      });
}

// The SafeStack of D. Vyukov: three threads, each pops and pushes twice. Needs many preemptions.
void safestack() {
  constexpr int kNodes = 3;
  std::atomic<int> head = 0;
  std::atomic<int> count = kNodes;
  std::array<std::atomic<int>, kNodes> next{};
  std::array<std::atomic<int>, kNodes> value{};
  for (std::size_t i = 0; i < kNodes; ++i) next[i] = i + 1 < kNodes ? static_cast<int>(i) + 1 : -1;
  const auto at = [](auto& array, int i) -> auto& { return array[static_cast<std::size_t>(i)]; };
  const auto pop = [&] {
    while (count.load() > 1) {
      const int top = head.load();
      const int below = at(next, top).exchange(-1);
      if (below < 0) continue;
      int expected = top;
      if (head.compare_exchange_strong(expected, below)) {
        count.fetch_sub(1);
        return top;
      }
      at(next, top).exchange(below);
    }
    return -1;
  };
  const auto push = [&](int node) {
    int top = head.load();
    do at(next, node).store(top);
    while (!head.compare_exchange_strong(top, node));
    count.fetch_add(1);
  };
  const auto work = [&](int me) {
    for (int round = 0; round < 2; ++round) {
      int node = pop();
      while (node < 0) node = pop();
      at(value, node).store(me);
      check(at(value, node).load() == me);
      push(node);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(work, i);
  join_all(threads);
}

}  // namespace

const Bug bugs[kBugs] = {
    {"lost update", lost_update, FindingKind::wrong_outcome, true},
    {"ABBA deadlock", abba, FindingKind::deadlock, true},
    {"lost wake-up", lost_wakeup, FindingKind::lost_wakeup, true},
    {"check, then act", check_then_act, FindingKind::wrong_outcome},
    {"ABA", aba, FindingKind::wrong_outcome},
    {"missed signal", missed_signal, FindingKind::lost_wakeup},
    {"double-checked locking without atomics", double_checked_locking, FindingKind::data_race},
    {"writer starved by readers", starved_writer, FindingKind::starvation},
    {"bounded buffer with if for while", buffer_with_if, FindingKind::wrong_outcome},
    {"Bluetooth driver", bluetooth, FindingKind::wrong_outcome},
    {"wronglock_3", wronglock<3>, FindingKind::wrong_outcome},
    {"reorder_5", reorder<5>, FindingKind::wrong_outcome},
    {"reorder_10", reorder<10>, FindingKind::wrong_outcome},
    {"reorder_20", reorder<20>, FindingKind::wrong_outcome},
    {"twostage", twostage<3>, FindingKind::wrong_outcome},
    {"twostage_20", twostage<20>, FindingKind::wrong_outcome},
    {"SafeStack", safestack, FindingKind::wrong_outcome, false, "about 4 x 10^5 schedules"},
};

}  // namespace racecourse::bench
