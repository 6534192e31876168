#include "base/crew.hpp"

#include "base/check.hpp"

namespace racecourse {

Crew::Crew(unsigned size) : size_(size) {
  RC_CHECK(size >= 1, "somebody has to work");
  // Each of those that work may be waiting for a list while somebody works in its place.
  for (unsigned i = 1; i < 2 * size; ++i) threads_.emplace_back([this](std::stop_token stop) { work(stop); });
}

Crew::~Crew() {
  for (std::jthread& thread : threads_) thread.request_stop();
  changed_.notify_all();
}

void Crew::run_all(std::vector<std::function<void()>> tasks) {
  if (tasks.empty()) return;
  List list{std::move(tasks)};
  std::unique_lock lock(mutex_);
  lists_.push_front(&list);
  changed_.notify_all();
  while (list.next < list.tasks.size()) run_one(list, lock);
  if (list.done == list.tasks.size()) return;
  --working_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return list.done == list.tasks.size(); });
  // At once, even if everybody works: who begins a task may need a lock that this thread holds.
  ++working_;
}

void Crew::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return !lists_.empty() && working_ < size_; })) {
    ++working_;
    run_one(*lists_.front(), lock);
    --working_;
    changed_.notify_all();
  }
}

void Crew::run_one(List& list, std::unique_lock<std::mutex>& lock) {
  const std::function<void()> task = std::move(list.tasks[list.next++]);
  if (list.next == list.tasks.size()) lists_.remove(&list);
  lock.unlock();
  task();
  lock.lock();
  // `list` lives in run_all's frame: its owner may leave as soon as it sees the last task done.
  if (++list.done == list.tasks.size()) changed_.notify_all();
}

}  // namespace racecourse
