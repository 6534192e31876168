#include "base/crew.hpp"

#include "base/check.hpp"

namespace racecourse {

namespace {

// Threads that wait, for a list or to measure, cost next to nothing; with too few of them nobody would be
// left to work.
constexpr unsigned kThreadsForEach = 6;
constexpr unsigned kMeasurementsForEach = 2;

}  // namespace

Crew::Crew(unsigned size) : size_(size), idle_(kThreadsForEach * size) {
  RC_CHECK(size >= 1, "somebody has to work");
  const unsigned threads = idle_;
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this](std::stop_token stop) { work(stop); });
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
  const auto all_done = [&] { return list.done == list.tasks.size() && quiet_ == Quiet::no; };
  if (outermost_ == nullptr) {
    outermost_ = &list;
    changed_.wait(lock, all_done);
    outermost_ = nullptr;
    return;
  }
  while (list.next < list.tasks.size()) run_one(list, lock);
  if (list.done == list.tasks.size()) return;
  --working_;
  changed_.notify_all();
  changed_.wait(lock, all_done);
  // At once, even if everybody works: who begins a task may need a lock that this thread holds.
  ++working_;
}

void Crew::run_alone(const std::function<void()>& measurement) {
  std::unique_lock lock(mutex_);
  --working_;
  ++to_measure_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return may_measure(); });
  --to_measure_;
  quiet_ = Quiet::measuring;
  lock.unlock();
  measurement();
  lock.lock();
  quiet_ = to_measure_ > 0 ? Quiet::between_measurements : Quiet::no;
  changed_.notify_all();
  changed_.wait(lock, [&] { return quiet_ == Quiet::no && working_ < size_; });
  ++working_;
}

bool Crew::may_begin() const {
  if (lists_.empty() || working_ >= size_ || quiet_ != Quiet::no) return false;
  return lists_.front() != outermost_ || to_measure_ < kMeasurementsForEach * size_;
}

bool Crew::may_measure() const {
  return working_ == 0 && quiet_ != Quiet::measuring && !(may_begin() && idle_ > 0);
}

void Crew::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return may_begin(); })) {
    --idle_;
    ++working_;
    run_one(*lists_.front(), lock);
    --working_;
    ++idle_;
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
