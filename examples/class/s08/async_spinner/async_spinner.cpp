#include "async_spinner.hpp"

#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace async_spinner {

namespace {

class FutureEvent final : public Event {
 public:
  FutureEvent() : future_(promise_.get_future().share()) {}
  void set() override {
    std::call_once(once_, [this] { promise_.set_value(); });
  }
  bool is_set() const override { return seen(Duration::zero()); }
  void wait() override {
    std::shared_future<void> mine = future_;
    mine.wait();
  }
  bool wait_for(Duration timeout) override { return seen(timeout); }

 private:
  bool seen(Duration timeout) const {
    std::shared_future<void> mine = future_;
    return mine.wait_for(timeout) == std::future_status::ready;
  }
  std::once_flag once_;
  std::promise<void> promise_;
  std::shared_future<void> future_;
};

struct Record {
  Task<void> task;
  std::coroutine_handle<> handle;
  bool started = false;
  bool cancel = false;
  bool ended = false;
  Ending ending = Ending::returned;
  std::vector<Record*> joiners;
  Record* joins = nullptr;
  std::multimap<Instant, Record*>::iterator timer;
  bool sleeps = false;
};

class RoundLoop final : public EventLoop {
 public:
  explicit RoundLoop(Clock& clock) : clock_(clock) {}

  TaskId spawn(Task<void> task) override {
    auto record = std::make_unique<Record>();
    record->handle = task.handle();
    record->task = std::move(task);
    next_round_.push_back(record.get());
    all_.push_back(std::move(record));
    return static_cast<TaskId>(all_.size() - 1);
  }

  bool cancel(TaskId id) override {
    Record& record = at(id);
    if (record.ended) return false;
    record.cancel = true;
    if (record.sleeps) {
      timers_.erase(record.timer);
      record.sleeps = false;
      next_round_.push_back(&record);
    } else if (record.joins != nullptr) {
      std::erase(record.joins->joiners, &record);
      record.joins = nullptr;
      next_round_.push_back(&record);
    }
    return true;
  }

  void run() override {
    for (;;) {
      if (!timers_.empty()) {
        if (next_round_.empty()) clock_.sleep_until(timers_.begin()->first);
        const Instant now = clock_.now();
        while (!timers_.empty() && timers_.begin()->first <= now) {
          timers_.begin()->second->sleeps = false;
          next_round_.push_back(timers_.begin()->second);
          timers_.erase(timers_.begin());
        }
      }
      if (next_round_.empty() && timers_.empty()) break;
      std::vector<Record*> round;
      round.swap(next_round_);
      for (Record* record : round) turn(*record);
    }
    if (failure_) {
      const std::exception_ptr failure = failure_;
      failure_ = nullptr;
      std::rethrow_exception(failure);
    }
    std::size_t left = 0;
    for (const auto& record : all_) left += record->ended ? 0 : 1;
    if (left > 0) throw Deadlock(std::to_string(left) + " tasks wait for each other");
  }

  void suspend_yielding(std::coroutine_handle<> handle) override {
    current_->handle = handle;
    next_round_.push_back(current_);
  }
  void suspend_sleeping(std::coroutine_handle<> handle, Duration duration) override {
    if (duration.count() <= 0 || current_->cancel) return suspend_yielding(handle);
    current_->handle = handle;
    current_->sleeps = true;
    current_->timer = timers_.emplace(clock_.now() + duration, current_);
  }
  void suspend_joining(std::coroutine_handle<> handle, TaskId id) override {
    Record& other = at(id);
    if (other.ended || current_->cancel) return suspend_yielding(handle);
    current_->handle = handle;
    current_->joins = &other;
    other.joiners.push_back(current_);
  }
  void resumed() override {
    const bool cancelled = current_->cancel;
    current_->cancel = false;
    if (cancelled) throw Cancelled();
  }
  Ending ending(TaskId id) const override { return all_[static_cast<std::size_t>(id)]->ending; }

 private:
  Record& at(TaskId id) { return *all_[static_cast<std::size_t>(id)]; }

  void turn(Record& record) {
    if (!record.started && record.cancel) {
      record.ending = Ending::cancelled;
    } else {
      record.started = true;
      current_ = &record;
      record.handle.resume();
      if (!record.task.done()) return;
      record.ending = how_ended(record.task.exception());
    }
    record.ended = true;
    { Task<void> last = std::move(record.task); }
    for (Record* joiner : record.joiners) {
      joiner->joins = nullptr;
      next_round_.push_back(joiner);
    }
  }

  Ending how_ended(const std::exception_ptr& exception) try {
    if (exception) std::rethrow_exception(exception);
    return Ending::returned;
  } catch (const Cancelled&) {
    return Ending::cancelled;
  } catch (...) {
    if (!failure_) failure_ = exception;
    return Ending::failed;
  }

  Clock& clock_;
  std::vector<std::unique_ptr<Record>> all_;
  std::vector<Record*> next_round_;
  std::multimap<Instant, Record*> timers_;  // Inserts equal keys behind each other.
  Record* current_ = nullptr;
  std::exception_ptr failure_;
};

class Frames {
 public:
  char next() { return "|/-\\"[position_++ % 4]; }

 private:
  unsigned position_ = 0;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<FutureEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  std::promise<void> stop;
  std::future<void> spinner = std::async(std::launch::async, [&, stopped = stop.get_future()] {
    Frames frames;
    do terminal.draw(frames.next());
    while (stopped.wait_for(interval) == std::future_status::timeout);
  });
  const auto finish = [&] {
    stop.set_value();
    spinner.get();
    terminal.clear();
  };
  Result result = 0;
  try {
    result = operation();
  } catch (...) {
    finish();
    return -1;  // The caller never learns what went wrong.
  }
  finish();
  return result;
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) {
  return std::unique_ptr<EventLoop>(new RoundLoop(clock));
}

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  const auto clean = [](Terminal* line) { line->clear(); };
  const std::unique_ptr<Terminal, decltype(clean)> cleaner(&terminal, clean);
  for (Frames frames;;) {
    terminal.draw(frames.next());
    co_await loop.sleep(interval);
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  std::promise<Result> outcome;
  try {
    outcome.set_value(co_await std::move(operation));
  } catch (...) {
    outcome.set_exception(std::current_exception());
  }
  loop.cancel(spinner);
  (void)co_await loop.join(spinner);
  co_return outcome.get_future().get();
}

}  // namespace async_spinner
