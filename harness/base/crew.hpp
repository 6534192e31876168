// Crew: a fixed number of threads that work through lists of tasks; a task may hand in a list of its own.
//
// run_all returns when all its tasks are done; a task that calls it works on them too, so nested lists cannot
// deadlock. Idle threads take from the newest list first: what has been begun is finished before more is
// begun, which bounds the memory and the scratch space in use. Who waits for the last tasks of a list does
// not count as working: another thread begins something else meanwhile, so that the cores stay busy.
//
// run_alone is for what is measured in real time. To end everything else first would leave cores idle each
// time, so measurements are gathered: they take their turns, one at a time, when nothing is left to begin.
// Once twice as many wait as there are threads to work, no further task of the outermost list is begun.
//
// A task that mostly waits, for timers or for processes of its own, counts half: two of them take the place
// of one that computes. A crew of one does one thing after the other all the same.
//
// Thread-safe, but one thread from outside the crew at a time.
#pragma once

#include <concepts>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace racecourse {

class Crew {
 public:
  enum class Load : unsigned { none = 0, waits = 1, computes = 2 };
  struct Task {
    // Must not throw.
    template <std::invocable Work>
    Task(Work its_work, Load its_load = Load::computes)  // NOLINT: a function is a task.
        : work(std::move(its_work)), load(its_load) {}

    std::function<void()> work;
    Load load;
  };

  // `size` threads compute at once; for a moment more, when one that waited for a list goes on before another
  // has ended its task. size >= 1.
  explicit Crew(unsigned size);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  void run_all(std::vector<Task> tasks);

  // Called by a task: runs `measurement` while no other task and no other measurement runs. It must not call
  // the crew, and the caller must not hold a lock that a task may wait for.
  void run_alone(const std::function<void()>& measurement);
  [[nodiscard]] unsigned size() const { return size_; }

 private:
  struct List {
    std::vector<Task> tasks;
    std::size_t next = 0;
    std::size_t done = 0;
  };
  // From the first measurement to the end of the last one that waits nothing else begins.
  enum class Quiet { no, between_measurements, measuring };

  void work(std::stop_token stop);
  void run_one(List& list, std::unique_lock<std::mutex>& lock);
  // From now on the calling thread counts as much; returns what it counted as.
  Load count_as(Load load);
  // Whether there is room for one more.
  [[nodiscard]] bool has_room(Load load) const;
  [[nodiscard]] bool may_begin() const;
  [[nodiscard]] bool may_measure() const;

  const unsigned size_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  List* outermost_ = nullptr;  // The one that the thread from outside waits for.
  std::list<List*> lists_;     // Newest first; only those with tasks left to begin.
  unsigned working_ = 0;       // The loads of all threads that run a task and wait for no list.
  unsigned idle_;              // Threads that have no task.
  unsigned to_measure_ = 0;    // Threads that wait for their turn in run_alone.
  Quiet quiet_ = Quiet::no;
  std::vector<std::jthread> threads_;
};

}  // namespace racecourse
