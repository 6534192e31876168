#include "base/crew.hpp"

#include <utility>

#include "base/check.hpp"

namespace racecourse {

namespace {

// Threads that wait, for a list or to measure, cost next to nothing; with too few of them nobody would be
// left to work.
constexpr unsigned kThreadsForEach = 6;
constexpr unsigned kMeasurementsForEach = 2;

// What the calling thread counts as. A thread belongs to one crew at a time.
thread_local Crew::Load own_load = Crew::Load::none;

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

void Crew::run_all(std::vector<Task> tasks) {
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
  const Load load = count_as(Load::none);
  changed_.notify_all();
  changed_.wait(lock, all_done);
  // At once, even if everybody works: who begins a task may need a lock that this thread holds.
  (void)count_as(load);
}

void Crew::run_alone(const std::function<void()>& measurement) {
  std::unique_lock lock(mutex_);
  const Load load = count_as(Load::none);
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
  changed_.wait(lock, [&] { return quiet_ == Quiet::no && has_room(load); });
  (void)count_as(load);
}

Crew::Load Crew::count_as(Load load) {
  working_ += static_cast<unsigned>(load);
  working_ -= static_cast<unsigned>(own_load);
  return std::exchange(own_load, load);
}

bool Crew::has_room(Load load) const {
  if (size_ == 1) return working_ == 0;
  return working_ + static_cast<unsigned>(load) <= size_ * static_cast<unsigned>(Load::computes);
}

bool Crew::may_begin() const {
  if (lists_.empty() || quiet_ != Quiet::no) return false;
  const List& newest = *lists_.front();
  if (!has_room(newest.tasks[newest.next].load)) return false;
  return &newest != outermost_ || to_measure_ < kMeasurementsForEach * size_;
}

bool Crew::may_measure() const {
  return working_ == 0 && quiet_ != Quiet::measuring && !(may_begin() && idle_ > 0);
}

void Crew::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return may_begin(); })) {
    --idle_;
    run_one(*lists_.front(), lock);
    ++idle_;
    changed_.notify_all();
  }
}

void Crew::run_one(List& list, std::unique_lock<std::mutex>& lock) {
  const Task task = std::move(list.tasks[list.next++]);
  if (list.next == list.tasks.size()) lists_.remove(&list);
  const Load load = count_as(task.load);
  lock.unlock();
  task.work();
  lock.lock();
  (void)count_as(load);
  // `list` lives in run_all's frame: its owner may leave as soon as it sees the last task done.
  if (++list.done == list.tasks.size()) changed_.notify_all();
}

}  // namespace racecourse
