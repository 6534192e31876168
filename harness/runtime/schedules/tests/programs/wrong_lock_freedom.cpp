// Programs that mark operations as lock-free that are not: a thread stopped in the middle stops another.
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

WRONG(spin_lock_is_not_lock_free, not_lock_free) {
  std::atomic_flag locked;
  int count = 0;
  const auto add = [&] {
    const LockFreeOperation operation;
    while (locked.test_and_set()) {
    }
    ++count;
    locked.clear();
  };
  run_two(add, add);
}

WRONG(mutex_is_not_lock_free, not_lock_free) {
  std::mutex mutex;
  std::atomic<int> count = 0;
  const auto add = [&] {
    const LockFreeOperation operation;
    const std::lock_guard guard(mutex);
    count.store(count.load() + 1);
  };
  run_two(add, add);
}

WRONG(mutex_is_not_lock_free_whoever_polls, not_lock_free) {
  // The body goes round a loop meanwhile, so not everybody waits.
  std::mutex mutex;
  std::atomic<int> count = 0;
  const auto add = [&] {
    const LockFreeOperation operation;
    const std::lock_guard guard(mutex);
    count.store(count.load() + 1);
  };
  std::thread a(add);
  std::thread b(add);
  while (count.load() != 2) std::this_thread::yield();
  a.join();
  b.join();
}

WRONG(ticket_lock_is_not_lock_free, not_lock_free) {
  std::atomic<int> next = 0;
  std::atomic<int> serving = 0;
  const auto work = [&] {
    const LockFreeOperation operation;
    const int mine = next.fetch_add(1);
    while (serving.load() != mine) std::this_thread::yield();
    serving.store(mine + 1);
  };
  run_two(work, work);
}

WRONG(reader_of_a_sequence_lock_waits, not_lock_free) {
  std::atomic<unsigned> sequence = 0;
  std::atomic<int> value = 0;
  run_two(
      [&] {
        const LockFreeOperation operation;
        sequence.fetch_add(1);
        value.store(1);
        sequence.fetch_add(1);
      },
      [&] {
        const LockFreeOperation operation;
        for (;;) {
          const unsigned before = sequence.load();
          (void)value.load();
          if (before % 2 == 0 && sequence.load() == before) return;
        }
      });
}

WRONG(queue_without_help, not_lock_free) {
  // The queue of Michael and Scott, but nobody moves a tail that its pusher has left behind.
  struct Node {
    std::atomic<Node*> next = nullptr;
  };
  std::array<Node, 3> nodes;
  std::atomic<Node*> tail = &nodes[0];
  const auto push = [&](Node& node) {
    const LockFreeOperation operation;
    for (;;) {
      Node* last = tail.load();
      Node* none = nullptr;
      if (!last->next.compare_exchange_strong(none, &node)) continue;
      tail.store(&node);
      return;
    }
  };
  run_two([&] { push(nodes[1]); }, [&] { push(nodes[2]); });
}

WRONG(exchange_that_needs_a_partner, not_lock_free) {
  // Each hands its value over in two steps; whoever comes between them waits for the second.
  std::atomic<int> slot = 0;  // 0 is free, -1 means that somebody is about to write.
  const auto put = [&](int value) {
    const LockFreeOperation operation;
    for (int free = 0; slot.load() == -1 || !slot.compare_exchange_strong(free, -1); free = 0)
      if (slot.load() > 0) return;
    slot.store(value);
  };
  run_two([&] { put(1); }, [&] { put(2); });
}
