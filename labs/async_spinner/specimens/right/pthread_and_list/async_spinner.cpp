#include "async_spinner.hpp"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <list>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace async_spinner {

namespace {

class PosixEvent final : public Event {
 public:
  PosixEvent() {
    pthread_condattr_t attributes;
    ::pthread_condattr_init(&attributes);
    ::pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    const int error = ::pthread_cond_init(&changed_, &attributes);
    ::pthread_condattr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_cond_init");
  }
  PosixEvent(const PosixEvent&) = delete;
  PosixEvent& operator=(const PosixEvent&) = delete;
  ~PosixEvent() override {
    ::pthread_cond_destroy(&changed_);
    ::pthread_mutex_destroy(&mutex_);
  }

  void set() override {
    ::pthread_mutex_lock(&mutex_);
    set_ = true;
    ::pthread_cond_broadcast(&changed_);
    ::pthread_mutex_unlock(&mutex_);
  }
  bool is_set() const override {
    ::pthread_mutex_lock(&mutex_);
    const bool set = set_;
    ::pthread_mutex_unlock(&mutex_);
    return set;
  }
  void wait() override {
    ::pthread_mutex_lock(&mutex_);
    while (!set_) ::pthread_cond_wait(&changed_, &mutex_);
    ::pthread_mutex_unlock(&mutex_);
  }
  bool wait_for(Duration timeout) override {
    timespec deadline{};
    ::clock_gettime(CLOCK_MONOTONIC, &deadline);
    const Duration end = std::max(timeout, Duration::zero()) + Duration(deadline.tv_nsec);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(end);
    deadline.tv_sec += static_cast<time_t>(seconds.count());
    deadline.tv_nsec = static_cast<long>((end - seconds).count());
    ::pthread_mutex_lock(&mutex_);
    while (!set_ && ::pthread_cond_timedwait(&changed_, &mutex_, &deadline) != ETIMEDOUT) {
    }
    const bool set = set_;
    ::pthread_mutex_unlock(&mutex_);
    return set;
  }

 private:
  mutable pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_;
  bool set_ = false;
};

struct SpinnerThread {
  Terminal& terminal;
  Duration interval;
  std::unique_ptr<Event> stop = make_event();

  static void* main(void* argument) {
    auto& self = *static_cast<SpinnerThread*>(argument);
    const char* frame = "|/-\\|";
    do {
      self.terminal.draw(*frame++);
      if (*frame == '|') frame -= 4;
    } while (!self.stop->wait_for(self.interval));
    return nullptr;
  }
};

class ListLoop final : public EventLoop {
 public:
  explicit ListLoop(Clock& clock) : clock_(clock) {}
  ListLoop(const ListLoop&) = delete;
  ListLoop& operator=(const ListLoop&) = delete;
  ~ListLoop() override {
    for (Entry& entry : entries_) entry.task = {};
  }

  TaskId spawn(Task<void> task) override {
    const TaskId id = static_cast<TaskId>(entries_.size());
    std::coroutine_handle<> first = task.handle();
    entries_.push_back(Entry{id, std::move(task), first, Entry::fresh, false, {}, {}, next_stamp(), {}});
    return id;
  }

  bool cancel(TaskId id) override {
    Entry& entry = find(id);
    if (entry.state == Entry::over) return false;
    entry.cancelled = true;
    if (entry.state == Entry::asleep || entry.state == Entry::joining) make_ready(entry);
    return true;
  }

  void run() override {
    while (true) {
      wake_up();
      if (Entry* next = oldest_ready()) {
        step(*next);
        continue;
      }
      const Entry* sleeper = first_sleeper();
      if (sleeper == nullptr) break;
      clock_.sleep_until(sleeper->deadline);
    }
    if (!failures_.empty()) {
      const std::exception_ptr first = failures_.front();
      failures_.clear();
      std::rethrow_exception(first);
    }
    for (const Entry& entry : entries_)
      if (entry.state != Entry::over)
        throw Deadlock("task " + std::to_string(static_cast<std::uint64_t>(entry.id)));
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    running_->coroutine = coroutine;
    make_ready(*running_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    suspend_yielding(coroutine);
    if (duration <= Duration::zero() || running_->cancelled) return;
    running_->state = Entry::asleep;
    running_->deadline = clock_.now() + duration;
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId task) override {
    suspend_yielding(coroutine);
    if (find(task).state == Entry::over || running_->cancelled) return;
    running_->state = Entry::joining;
    running_->joined = task;
  }
  void resumed() override {
    if (running_->cancelled) {
      running_->cancelled = false;
      throw Cancelled();
    }
  }
  Ending ending(TaskId task) const override {
    for (const Entry& entry : entries_)
      if (entry.id == task) return entry.how;
    return Ending::returned;
  }

 private:
  struct Entry {
    TaskId id{};
    Task<void> task;
    std::coroutine_handle<> coroutine;
    enum State { fresh, ready, running, asleep, joining, over } state = fresh;
    bool cancelled = false;
    Instant deadline{};
    TaskId joined{};
    std::uint64_t stamp = 0;  // When it got into its state.
    Ending how{};
  };

  std::uint64_t next_stamp() { return stamps_++; }
  void make_ready(Entry& entry) {
    entry.state = Entry::ready;
    entry.stamp = next_stamp();
  }
  Entry& find(TaskId id) {
    for (Entry& entry : entries_)
      if (entry.id == id) return entry;
    throw std::out_of_range("no such task");
  }
  Entry* oldest_ready() {
    Entry* best = nullptr;
    for (Entry& entry : entries_)
      if ((entry.state == Entry::ready || entry.state == Entry::fresh) &&
          (best == nullptr || entry.stamp < best->stamp))
        best = &entry;
    return best;
  }
  Entry* first_sleeper() {
    Entry* best = nullptr;
    for (Entry& entry : entries_)
      if (entry.state == Entry::asleep && (best == nullptr || entry.deadline < best->deadline ||
                                           (entry.deadline == best->deadline && entry.stamp < best->stamp)))
        best = &entry;
    return best;
  }
  void wake_up() {
    while (Entry* sleeper = first_sleeper()) {
      if (sleeper->deadline > clock_.now()) return;
      make_ready(*sleeper);
    }
  }
  void step(Entry& entry) {
    if (entry.state == Entry::fresh && entry.cancelled) return over(entry, Ending::cancelled);
    running_ = &entry;
    entry.state = Entry::running;
    entry.coroutine.resume();
    if (!entry.task.done()) return;
    const std::exception_ptr thrown = entry.task.exception();
    if (!thrown) return over(entry, Ending::returned);
    try {
      std::rethrow_exception(thrown);
    } catch (const Cancelled&) {
      over(entry, Ending::cancelled);
    } catch (...) {
      failures_.push_back(thrown);
      over(entry, Ending::failed);
    }
  }
  void over(Entry& entry, Ending how) {
    entry.state = Entry::over;
    entry.how = how;
    entry.task = {};
    while (true) {
      Entry* first = nullptr;
      for (Entry& other : entries_)
        if (other.state == Entry::joining && other.joined == entry.id &&
            (first == nullptr || other.stamp < first->stamp))
          first = &other;
      if (first == nullptr) return;
      make_ready(*first);
    }
  }

  Clock& clock_;
  std::list<Entry> entries_;
  std::uint64_t stamps_ = 0;
  Entry* running_ = nullptr;
  std::vector<std::exception_ptr> failures_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<PosixEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  SpinnerThread spinner{terminal, interval};
  pthread_t thread{};
  if (const int error = ::pthread_create(&thread, nullptr, &SpinnerThread::main, &spinner); error != 0)
    throw std::system_error(error, std::generic_category(), "pthread_create");
  std::exception_ptr failure;
  Result result = 0;
  try {
    result = operation();
  } catch (...) {
    failure = std::current_exception();
  }
  spinner.stop->set();
  ::pthread_join(thread, nullptr);
  terminal.clear();
  if (failure) std::rethrow_exception(failure);
  return result;
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<ListLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  std::exception_ptr reason;
  for (int frame = 0; !reason; frame = (frame + 1) & 3) {
    terminal.draw("|/-\\"[frame]);
    try {
      co_await loop.sleep(interval);
    } catch (const Cancelled&) {
      reason = std::current_exception();
    }
  }
  terminal.clear();
  std::rethrow_exception(reason);
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  std::exception_ptr failure;
  Result result = 0;
  try {
    result = co_await std::move(operation);
  } catch (...) {
    failure = std::current_exception();
  }
  if (loop.cancel(spinner)) co_await loop.join(spinner);
  if (failure) std::rethrow_exception(failure);
  co_return result;
}

}  // namespace async_spinner
