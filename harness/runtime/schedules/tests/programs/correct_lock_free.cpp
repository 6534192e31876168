// Correct lock-free structures and protocols.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;

CORRECT(double_checked_locking) {
  std::atomic<int*> instance = nullptr;
  std::mutex mutex;
  const auto get = [&] {
    int* found = instance.load(std::memory_order_acquire);
    if (found == nullptr) {
      const std::lock_guard guard(mutex);
      found = instance.load(std::memory_order_relaxed);
      if (found == nullptr) {
        found = new int(42);
        instance.store(found, std::memory_order_release);
      }
    }
    require(*found == 42, "the object is whole");
  };
  run_two(get, get);
  delete instance.load();
}

CORRECT(sequence_lock) {
  std::atomic<unsigned> sequence = 0;
  std::atomic<int> a = 0;
  std::atomic<int> b = 0;
  run_two(
      [&] {
        sequence.store(1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_release);
        a.store(1, std::memory_order_relaxed);
        b.store(1, std::memory_order_relaxed);
        sequence.store(2, std::memory_order_release);
      },
      [&] {
        for (;;) {
          const unsigned before = sequence.load(std::memory_order_acquire);
          const int x = a.load(std::memory_order_relaxed);
          const int y = b.load(std::memory_order_relaxed);
          std::atomic_thread_fence(std::memory_order_acquire);
          if (before % 2 == 0 && sequence.load(std::memory_order_relaxed) == before) {
            require(x == y, "a reader sees a consistent pair");
            return;
          }
        }
      });
}

namespace {
struct Node {
  int value;
  Node* next;
};
}  // namespace

CORRECT(treiber_stack_push) {
  std::atomic<Node*> top = nullptr;
  const auto push = [&](int value) {
    Node* const node = new Node{value, top.load(std::memory_order_relaxed)};
    while (
        !top.compare_exchange_weak(node->next, node, std::memory_order_release, std::memory_order_relaxed)) {
    }
  };
  run_two(
      [&] {
        push(1);
        push(2);
      },
      [&] { push(3); });
  int sum = 0;
  for (Node* node = top.exchange(nullptr, std::memory_order_acquire); node != nullptr;) {
    sum += node->value;
    Node* const next = node->next;
    delete node;
    node = next;
  }
  require(sum == 6, "every pushed value is there");
}

CORRECT(single_producer_ring) {
  std::array<int, 2> ring{};
  std::atomic<unsigned> head = 0;
  std::atomic<unsigned> tail = 0;
  run_two(
      [&] {
        for (int i = 1; i <= 3; ++i) {
          while (head.load(std::memory_order_relaxed) - tail.load(std::memory_order_acquire) == 2) {
          }
          ring[head.load(std::memory_order_relaxed) % 2] = i;
          head.fetch_add(1, std::memory_order_release);
        }
      },
      [&] {
        for (int i = 1; i <= 3; ++i) {
          while (tail.load(std::memory_order_relaxed) == head.load(std::memory_order_acquire)) {
          }
          require(ring[tail.load(std::memory_order_relaxed) % 2] == i, "items come in order");
          tail.fetch_add(1, std::memory_order_release);
        }
      });
}

CORRECT(hazard_pointer) {
  std::atomic<Node*> shared = new Node{1, nullptr};
  std::atomic<Node*> hazard = nullptr;
  run_two(
      [&] {
        Node* node = nullptr;
        do {
          node = shared.load();
          hazard.store(node);
        } while (node != shared.load());
        if (node != nullptr) require(node->value == 1, "a protected node stays alive");
        hazard.store(nullptr);
      },
      [&] {
        Node* const old = shared.exchange(nullptr);
        while (hazard.load() == old) {
        }
        delete old;
      });
}

CORRECT(reference_count_by_hand) {
  struct Counted {
    std::atomic<int> references{2};
    int value = 7;
  };
  Counted* const object = new Counted;
  const auto drop = [object] {
    require(object->value == 7, "it lives while somebody holds it");
    if (object->references.fetch_sub(1, std::memory_order_release) == 1) {
      std::atomic_thread_fence(std::memory_order_acquire);
      delete object;
    }
  };
  run_two(drop, drop);
}

CORRECT(work_stealing) {
  // Owner and thief take from the two ends of three tasks; the last one is decided by compare-exchange.
  std::atomic<int> top = 0;
  std::atomic<int> bottom = 3;
  std::array<std::atomic<int>, 3> done{};
  run_two(
      [&] {
        for (;;) {
          const int mine = bottom.load() - 1;
          bottom.store(mine);
          int first = top.load();
          if (first > mine) {
            bottom.store(mine + 1);
            return;
          }
          if (first == mine) {
            if (top.compare_exchange_strong(first, first + 1)) ++done[static_cast<std::size_t>(mine)];
            bottom.store(mine + 1);
            return;
          }
          ++done[static_cast<std::size_t>(mine)];
        }
      },
      [&] {
        for (int i = 0; i < 2; ++i) {
          int first = top.load();
          if (first < bottom.load() && top.compare_exchange_strong(first, first + 1))
            ++done[static_cast<std::size_t>(first)];
        }
      });
  for (const auto& times : done) require(times == 1, "each task is done once");
}

CORRECT(bounded_spin_then_give_up) {
  // The loop looks a hundred times and goes on whether or not the flag came.
  std::atomic<bool> flag = false;
  run_two(
      [&] {
        for (int i = 0; i < 100 && !flag.load(); ++i) {
        }
      },
      [&] { flag = true; });
}

CORRECT(back_off_and_try_again) {
  std::mutex a;
  std::mutex b;
  int value = 0;
  const auto work = [&](std::mutex& first, std::mutex& second) {
    for (;;) {
      const std::lock_guard guard(first);
      if (second.try_lock()) {
        ++value;
        second.unlock();
        return;
      }
    }
  };
  run_two([&] { work(a, b); }, [&] { work(b, a); });
  require(value == 2, "both get through");
}

CORRECT(epoch_publication) {
  std::array<int, 2> slots{10, 0};
  std::atomic<unsigned> current = 0;
  run_two(
      [&] {
        slots[1] = 20;
        current.store(1, std::memory_order_release);
      },
      [&] {
        const int seen = slots[current.load(std::memory_order_acquire)];
        require(seen == 10 || seen == 20, "a published slot is whole");
      });
}

CORRECT(stop_flag) {
  std::atomic<bool> stop = false;
  std::atomic<long> work = 0;
  std::thread worker([&] {
    while (!stop.load(std::memory_order_relaxed)) work.fetch_add(1, std::memory_order_relaxed);
  });
  stop = true;
  worker.join();
}
