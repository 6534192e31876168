// wait() reads the eventfd, and so unsets the event for everybody else.
#include "async_spinner.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <set>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace async_spinner {

namespace {

constexpr std::string_view kFrames = "|/-\\";

class EventFd final : public Event {
 public:
  EventFd() {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;
  ~EventFd() override { ::close(fd_); }

  void set() override { (void)::eventfd_write(fd_, 1); }
  bool is_set() const override { return is_set_within(0); }
  void wait() override {
    eventfd_t count = 0;
    (void)::eventfd_read(fd_, &count);
  }
  bool wait_for(Duration timeout) override {
    return timeout <= Duration::zero() ? is_set() : is_set_within(timeout.count());
  }

 private:
  bool is_set_within(std::int64_t ns) const {
    pollfd wanted{fd_, POLLIN, 0};
    const timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
    return ::ppoll(&wanted, 1, &timeout, nullptr) == 1;
  }

  const int fd_ = ::eventfd(0, EFD_CLOEXEC);
};

// A spinner on a thread of its own for as long as the object lives. That the destructor stops and joins it is
// what makes the operation's exception safe.
class SpinnerThread {
 public:
  SpinnerThread(Terminal& terminal, Duration interval)
      : terminal_(terminal), interval_(interval), thread_([this] { draw_until_stopped(); }) {}
  SpinnerThread(const SpinnerThread&) = delete;
  SpinnerThread& operator=(const SpinnerThread&) = delete;
  ~SpinnerThread() {
    stop_->set();
    thread_.join();
  }

 private:
  void draw_until_stopped() {
    std::size_t drawn = 0;
    do {
      terminal_.draw(kFrames[drawn++ % kFrames.size()]);
    } while (!stop_->wait_for(interval_));
    terminal_.clear();
  }

  Terminal& terminal_;
  Duration interval_;
  std::unique_ptr<Event> stop_ = make_event();
  std::thread thread_;  // Last: it uses the members above.
};

class ReadyQueueLoop final : public EventLoop {
 public:
  explicit ReadyQueueLoop(Clock& clock) : clock_(clock) {}

  TaskId spawn(Task<void> task) override {
    const TaskId id{entries_.size()};
    Entry& entry = entries_.emplace_back();
    entry.next = task.handle();
    entry.task = std::move(task);
    ready_.push_back(id);
    ++tasks_left_;
    return id;
  }

  bool cancel(TaskId task) override {
    Entry& entry = entry_of(task);
    if (entry.state == State::ended) return false;
    entry.cancel_requested = true;
    if (entry.state == State::sleeping) {
      sleepers_.erase({entry.deadline, entry.sleep_number, task});
      make_ready(task);
    } else if (entry.state == State::joining) {
      std::erase(entry_of(entry.joined).joiners, task);
      make_ready(task);
    }
    return true;
  }

  void run() override {
    for (;;) {
      wake_sleepers();
      if (!ready_.empty()) {
        give_turn();
      } else if (!sleepers_.empty()) {
        clock_.sleep_until(sleepers_.begin()->deadline);
      } else {
        break;
      }
    }
    if (first_failure_) std::rethrow_exception(std::exchange(first_failure_, nullptr));
    if (tasks_left_ > 0) throw Deadlock("tasks are left, and nothing can wake them");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    entry_of(running_).next = coroutine;
    make_ready(running_);
  }

  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    Entry& entry = entry_of(running_);
    if (duration <= Duration::zero() || entry.cancel_requested) return suspend_yielding(coroutine);
    entry.next = coroutine;
    entry.state = State::sleeping;
    entry.deadline = clock_.now() + duration;
    entry.sleep_number = sleeps_begun_++;
    sleepers_.insert({entry.deadline, entry.sleep_number, running_});
  }

  void suspend_joining(std::coroutine_handle<> coroutine, TaskId task) override {
    Entry& entry = entry_of(running_);
    if (entry_of(task).state == State::ended || entry.cancel_requested) return suspend_yielding(coroutine);
    entry.next = coroutine;
    entry.state = State::joining;
    entry.joined = task;
    entry_of(task).joiners.push_back(running_);
  }

  void resumed() override {
    if (std::exchange(entry_of(running_).cancel_requested, false)) throw Cancelled();
  }

  Ending ending(TaskId task) const override { return entries_[static_cast<std::size_t>(task)].ending; }

 private:
  enum class State { ready, running, sleeping, joining, ended };

  struct Entry {
    Task<void> task;
    std::coroutine_handle<> next;  // What to resume in the next turn.
    State state = State::ready;
    bool started = false;
    bool cancel_requested = false;
    Instant deadline;                // While sleeping,
    std::uint64_t sleep_number = 0;  // these two find it in sleepers_.
    TaskId joined{};                 // While joining.
    std::vector<TaskId> joiners;
    Ending ending{};  // Once ended.
  };

  struct Sleeper {
    Instant deadline;
    std::uint64_t number = 0;  // Orders equal deadlines.
    TaskId task{};
    auto operator<=>(const Sleeper&) const = default;
  };

  Entry& entry_of(TaskId task) { return entries_[static_cast<std::size_t>(task)]; }

  void make_ready(TaskId task) {
    entry_of(task).state = State::ready;
    ready_.push_back(task);
  }

  void wake_sleepers() {
    if (sleepers_.empty()) return;
    const Instant now = clock_.now();
    while (!sleepers_.empty() && sleepers_.begin()->deadline <= now) {
      make_ready(sleepers_.begin()->task);
      sleepers_.erase(sleepers_.begin());
    }
  }

  void give_turn() {
    running_ = ready_.front();
    ready_.pop_front();
    Entry& entry = entry_of(running_);
    if (!entry.started && entry.cancel_requested) return end(entry, Ending::cancelled);
    entry.started = true;
    entry.state = State::running;
    entry.next.resume();
    if (entry.task.done()) end(entry, ending_by(entry.task.exception()));
  }

  Ending ending_by(const std::exception_ptr& exception) {
    if (!exception) return Ending::returned;
    try {
      std::rethrow_exception(exception);
    } catch (const Cancelled&) {
      return Ending::cancelled;
    } catch (...) {
      if (!first_failure_) first_failure_ = exception;
      return Ending::failed;
    }
  }

  void end(Entry& entry, Ending how) {
    entry.state = State::ended;
    entry.ending = how;
    --tasks_left_;
    entry.task = {};  // Destroys the frame, whose destructors may call the loop.
    for (const TaskId joiner : entry.joiners) make_ready(joiner);
    entry.joiners.clear();
  }

  Clock& clock_;
  std::deque<Entry> entries_;  // By TaskId. A deque: a turn may spawn while we hold a reference to an entry.
  std::deque<TaskId> ready_;
  std::set<Sleeper> sleepers_;
  std::uint64_t sleeps_begun_ = 0;
  std::size_t tasks_left_ = 0;
  TaskId running_{};
  std::exception_ptr first_failure_;
};

// Cleans the line when the coroutine's frame is left, however that happens.
class LineCleaner {
 public:
  explicit LineCleaner(Terminal& terminal) : terminal_(terminal) {}
  LineCleaner(const LineCleaner&) = delete;
  LineCleaner& operator=(const LineCleaner&) = delete;
  ~LineCleaner() { terminal_.clear(); }

 private:
  Terminal& terminal_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<EventFd>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  SpinnerThread spinner(terminal, interval);
  return operation();
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<ReadyQueueLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  const LineCleaner cleaner(terminal);
  for (std::size_t drawn = 0;; ++drawn) {
    terminal.draw(kFrames[drawn % kFrames.size()]);
    co_await loop.sleep(interval);
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  Result result = 0;
  std::exception_ptr failure;
  try {
    result = co_await std::move(operation);
  } catch (...) {
    failure = std::current_exception();  // A handler cannot co_await, so the exception is kept for later.
  }
  loop.cancel(spinner);
  co_await loop.join(spinner);
  if (failure) std::rethrow_exception(failure);
  co_return result;
}

}  // namespace async_spinner
