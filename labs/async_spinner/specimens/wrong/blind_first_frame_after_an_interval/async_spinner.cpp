#include "async_spinner.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace async_spinner {

namespace {

// A stop source is an event: once requested, always requested.
class StopEvent final : public Event {
 public:
  void set() override { source_.request_stop(); }
  bool is_set() const override { return source_.stop_requested(); }
  void wait() override {
    std::unique_lock lock(mutex_);
    condition_.wait(lock, source_.get_token(), [] { return false; });
  }
  bool wait_for(Duration timeout) override {
    using Clock = std::chrono::steady_clock;
    const Instant now = Clock::now();
    const Instant deadline = timeout < Instant::max() - now ? now + timeout : Instant::max();
    std::unique_lock lock(mutex_);
    if (timeout.count() > 0) condition_.wait_until(lock, source_.get_token(), deadline, [] { return false; });
    return source_.stop_requested();
  }

 private:
  std::stop_source source_;
  std::mutex mutex_;
  std::condition_variable_any condition_;
};

void draw_until(std::stop_token stop, Terminal& terminal, Duration interval) {
  constexpr std::string_view frames = "|/-\\";
  std::mutex mutex;
  std::condition_variable_any never;
  bool drawn = false;
  for (auto frame = frames.begin(); !stop.stop_requested();) {
    const auto next = std::chrono::steady_clock::now() + interval;
    {
      std::unique_lock lock(mutex);
      if (never.wait_until(lock, stop, next, [] { return false; }) || stop.stop_requested()) break;
    }
    terminal.draw(*frame);
    drawn = true;
    if (++frame == frames.end()) frame = frames.begin();
  }
  if (drawn) terminal.clear();
}

// No queues at all: each task knows since when it is ready, asleep or joining, counted in events, and the
// loop looks through all of them for the one whose turn it is.
class LinearLoop final : public EventLoop {
  enum class Doing { waiting_for_turn, turn, sleep, join, nothing };
  struct Entry {
    Task<void> task;
    std::coroutine_handle<> at;
    Doing doing = Doing::waiting_for_turn;
    std::uint64_t since = 0;
    Instant deadline{};
    std::size_t target = 0;
    bool fresh = true;
    bool to_cancel = false;
    Ending how = Ending::returned;
  };

 public:
  explicit LinearLoop(Clock& clock) : clock(clock) {}

  TaskId spawn(Task<void> task) override {
    auto entry = std::make_unique<Entry>();
    entry->at = task.handle();
    entry->task = std::move(task);
    entry->since = ++events;
    entries.push_back(std::move(entry));
    return TaskId{entries.size() - 1};
  }

  bool cancel(TaskId id) override {
    Entry& entry = *entries[static_cast<std::size_t>(id)];
    if (entry.doing == Doing::nothing) return false;
    entry.to_cancel = true;
    if (entry.doing == Doing::sleep || entry.doing == Doing::join) ready(entry);
    return true;
  }

  void run() override {
    for (;;) {
      while (Entry* due = first_sleeper()) {
        if (due->deadline > clock.now()) break;
        ready(*due);
      }
      if (Entry* next = oldest_ready()) {
        turn(*next);
        continue;
      }
      const Entry* sleeper = first_sleeper();
      if (sleeper == nullptr) break;
      clock.sleep_until(sleeper->deadline);
    }
    if (error) {
      std::exception_ptr thrown;
      std::swap(thrown, error);
      std::rethrow_exception(thrown);
    }
    for (const auto& entry : entries)
      if (entry->doing != Doing::nothing) throw Deadlock("deadlock");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    running->at = coroutine;
    ready(*running);
  }

  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    suspend_yielding(coroutine);
    if (running->to_cancel || duration.count() <= 0) return;
    running->doing = Doing::sleep;
    running->deadline = clock.now() + duration;
  }

  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    suspend_yielding(coroutine);
    const auto target = static_cast<std::size_t>(id);
    if (running->to_cancel || entries[target]->doing == Doing::nothing) return;
    running->doing = Doing::join;
    running->target = target;
  }

  void resumed() override {
    if (!running->to_cancel) return;
    running->to_cancel = false;
    throw Cancelled{};
  }

  Ending ending(TaskId id) const override { return entries[static_cast<std::size_t>(id)]->how; }

 private:
  void ready(Entry& entry) {
    entry.doing = Doing::waiting_for_turn;
    entry.since = ++events;
  }

  Entry* oldest_ready() {
    Entry* oldest = nullptr;
    for (const auto& entry : entries)
      if (entry->doing == Doing::waiting_for_turn && (oldest == nullptr || entry->since < oldest->since))
        oldest = entry.get();
    return oldest;
  }

  Entry* first_sleeper() {
    Entry* first = nullptr;
    for (const auto& entry : entries) {
      if (entry->doing != Doing::sleep) continue;
      if (first == nullptr || entry->deadline < first->deadline ||
          (entry->deadline == first->deadline && entry->since < first->since))
        first = entry.get();
    }
    return first;
  }

  void turn(Entry& entry) {
    if (entry.fresh && entry.to_cancel) {
      finish(entry, Ending::cancelled);
      return;
    }
    entry.fresh = false;
    entry.doing = Doing::turn;
    running = &entry;
    entry.at.resume();
    if (entry.task.done()) finish(entry, ending_of(entry.task.exception()));
  }

  Ending ending_of(std::exception_ptr thrown) {
    if (thrown == nullptr) return Ending::returned;
    try {
      std::rethrow_exception(thrown);
    } catch (Cancelled&) {
      return Ending::cancelled;
    } catch (...) {
      if (error == nullptr) error = thrown;
      return Ending::failed;
    }
  }

  void finish(Entry& entry, Ending how) {
    entry.how = how;
    entry.doing = Doing::nothing;
    entry.task = Task<void>();
    for (;;) {
      Entry* joiner = nullptr;
      for (const auto& other : entries)
        if (other->doing == Doing::join && entries[other->target].get() == &entry &&
            (joiner == nullptr || other->since < joiner->since))
          joiner = other.get();
      if (joiner == nullptr) return;
      ready(*joiner);
    }
  }

  Clock& clock;
  std::vector<std::unique_ptr<Entry>> entries;
  std::uint64_t events = 0;
  Entry* running = nullptr;
  std::exception_ptr error;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<StopEvent>(); }

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<LinearLoop>(clock); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  // The destructor of the jthread requests the stop and joins.
  std::jthread spinner(draw_until, std::ref(terminal), interval);
  return operation();
}

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  struct CleanAtTheEnd {
    Terminal& terminal;
    ~CleanAtTheEnd() { terminal.clear(); }
  };
  const CleanAtTheEnd clean{terminal};
  for (;;) {
    for (const char frame : {'|', '/', '-', '\\'}) {
      terminal.draw(frame);
      co_await loop.sleep(interval);
    }
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  Result result = 0;
  std::exception_ptr error;
  try {
    result = co_await std::move(operation);
  } catch (...) {
    error = std::current_exception();
  }
  loop.cancel(spinner);
  for (bool ended = false; !ended;) {
    try {
      co_await loop.join(spinner);
      ended = true;
    } catch (const Cancelled&) {
      // Somebody cancels us while the line is being cleaned: that is finished first.
    }
  }
  if (error) std::rethrow_exception(error);
  co_return result;
}

}  // namespace async_spinner
