// Programs whose marked operations are lock-free: a thread stopped anywhere does not stop the others.
//
// Nodes come from arrays and are not used again, so that nothing here is about reclamation.
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

namespace {

struct Node {
  int value = 0;
  std::atomic<Node*> next = nullptr;
};

class Stack {
 public:
  void push(Node& node) {
    const LockFreeOperation operation;
    Node* top = top_.load();
    do node.next.store(top);
    while (!top_.compare_exchange_weak(top, &node));
  }
  Node* pop() {
    const LockFreeOperation operation;
    Node* top = top_.load();
    while (top != nullptr && !top_.compare_exchange_weak(top, top->next.load())) {
    }
    return top;
  }

 private:
  std::atomic<Node*> top_ = nullptr;
};

class Queue {
 public:
  explicit Queue(Node& dummy) : head_(&dummy), tail_(&dummy) {}
  void push(Node& node) {
    const LockFreeOperation operation;
    for (;;) {
      Node* tail = tail_.load();
      Node* next = tail->next.load();
      if (next != nullptr) {
        tail_.compare_exchange_strong(tail, next);  // Helps whoever stopped half way.
        continue;
      }
      if (!tail->next.compare_exchange_strong(next, &node)) continue;
      tail_.compare_exchange_strong(tail, &node);
      return;
    }
  }
  int pop() {
    const LockFreeOperation operation;
    for (;;) {
      Node* head = head_.load();
      Node* tail = tail_.load();
      Node* const next = head->next.load();
      if (head != head_.load()) continue;
      if (next == nullptr) return 0;
      if (head == tail) {
        tail_.compare_exchange_strong(tail, next);
        continue;
      }
      const int value = next->value;
      if (head_.compare_exchange_strong(head, next)) return value;
    }
  }

 private:
  std::atomic<Node*> head_;
  std::atomic<Node*> tail_;
};

}  // namespace

CORRECT(lock_free_counter) {
  std::atomic<int> count = 0;
  const auto add = [&] {
    for (int i = 0; i < 2; ++i) {
      const LockFreeOperation operation;
      int seen = count.load();
      while (!count.compare_exchange_weak(seen, seen + 1)) {
      }
    }
  };
  run_two(add, add);
  require(count == 4, "every increment is there");
}

CORRECT(lock_free_stack) {
  std::array<Node, 3> nodes;
  Stack stack;
  std::atomic<int> popped = 0;
  nodes[0].value = 1;
  nodes[1].value = 2;
  nodes[2].value = 4;
  stack.push(nodes[0]);
  run_two(
      [&] {
        stack.push(nodes[1]);
        if (Node* const node = stack.pop()) popped += node->value;
      },
      [&] {
        stack.push(nodes[2]);
        if (Node* const node = stack.pop()) popped += node->value;
      });
  while (Node* const node = stack.pop()) popped += node->value;
  require(popped == 7, "every node is popped once");
}

CORRECT(lock_free_queue) {
  std::array<Node, 4> nodes;
  for (int i = 1; i < 4; ++i) nodes[static_cast<std::size_t>(i)].value = 1 << (i - 1);
  Queue queue(nodes[0]);
  std::atomic<int> popped = 0;
  run_two(
      [&] {
        queue.push(nodes[1]);
        queue.push(nodes[2]);
      },
      [&] {
        queue.push(nodes[3]);
        popped += queue.pop();
      });
  for (int value = queue.pop(); value != 0; value = queue.pop()) popped += value;
  require(popped == 7, "every value is popped once");
}

CORRECT(lock_free_latest_value) {
  // Wait-free even: a writer publishes, readers take what is newest.
  std::array<int, 3> versions = {1, 2, 3};
  std::atomic<const int*> latest = &versions[0];
  std::thread writer([&] {
    for (std::size_t i = 1; i < 3; ++i) {
      const LockFreeOperation operation;
      latest.store(&versions[i]);
    }
  });
  const auto read = [&] {
    const LockFreeOperation operation;
    require(*latest.load() >= 1, "a version is whole");
  };
  run_two(read, read);
  writer.join();
}

CORRECT(locks_around_lock_free_operations) {
  // What is outside of the marked operations may block as it likes.
  std::mutex mutex;
  std::condition_variable condition;
  int finished = 0;
  std::atomic<int> count = 0;
  const auto work = [&] {
    {
      const LockFreeOperation operation;
      count.fetch_add(1);
    }
    const std::lock_guard guard(mutex);
    ++finished;
    condition.notify_one();
  };
  std::thread a(work);
  std::thread b(work);
  {
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return finished == 2; });
  }
  require(count == 2, "both counted");
  a.join();
  b.join();
}

CORRECT(poll_for_a_lock_free_operation) {
  // Waits by polling for what a stopped thread has yet to do: it is allowed to, outside of an operation.
  std::atomic<int> count = 0;
  std::thread adder([&] {
    const LockFreeOperation operation;
    count.fetch_add(1);
    count.fetch_add(1);
  });
  while (count.load() != 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  while (count.load() != 2) std::this_thread::yield();
  adder.join();
}
