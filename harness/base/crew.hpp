// Crew: a fixed number of threads that work through lists of tasks; a task may hand in a list of its own.
//
// run_all returns when all its tasks are done; the calling thread works on them too, so nested lists cannot
// deadlock. Idle threads take from the newest list first: what has been begun is finished before more is
// begun, which bounds the memory and the scratch space in use. Who waits for the last tasks of a list does
// not count as working: another thread begins something else meanwhile, so that the cores stay busy.
// Thread-safe, but one thread from outside the crew at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace racecourse {

class Crew {
 public:
  // `size` threads work at once, the one that calls run_all among them; for a moment more, when one that
  // waited goes on before another has ended its task. size >= 1.
  explicit Crew(unsigned size);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  // Tasks must not throw.
  void run_all(std::vector<std::function<void()>> tasks);
  [[nodiscard]] unsigned size() const { return size_; }

 private:
  struct List {
    std::vector<std::function<void()>> tasks;
    std::size_t next = 0;
    std::size_t done = 0;
  };
  void work(std::stop_token stop);
  void run_one(List& list, std::unique_lock<std::mutex>& lock);

  const unsigned size_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<List*> lists_;  // Newest first; only those with tasks left to begin.
  unsigned working_ = 1;    // The thread from outside is taken for one that works.
  std::vector<std::jthread> threads_;
};

}  // namespace racecourse
