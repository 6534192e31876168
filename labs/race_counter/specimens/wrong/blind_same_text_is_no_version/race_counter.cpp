#include "race_counter.hpp"

#include <condition_variable>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace race_counter {
namespace {

// Several may read or one may write; writers go first.
class Monitor {
 public:
  void begin_read() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !writing_ && waiting_writers_ == 0; });
    ++readers_;
  }
  void end_read() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (--readers_ == 0) changed_.notify_all();
  }
  void begin_write() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_writers_;
    changed_.wait(lock, [this] { return !writing_ && readers_ == 0; });
    --waiting_writers_;
    writing_ = true;
  }
  void end_write() {
    std::unique_lock<std::mutex> lock(mutex_);
    writing_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int readers_ = 0;
  int waiting_writers_ = 0;
  bool writing_ = false;
};

struct ReadHold {
  Monitor& monitor;
  explicit ReadHold(Monitor& m) : monitor(m) { monitor.begin_read(); }
  ~ReadHold() { monitor.end_read(); }
};
struct WriteHold {
  Monitor& monitor;
  explicit WriteHold(Monitor& m) : monitor(m) { monitor.begin_write(); }
  ~WriteHold() { monitor.end_write(); }
};

class MonitorCounter : public Counter {
 public:
  void increment() override {
    WriteHold hold(monitor_);
    ++value_;
  }
  std::int64_t value() const override {
    ReadHold hold(monitor_);
    return value_;
  }

 private:
  mutable Monitor monitor_;
  std::int64_t value_ = 0;
};

class MonitorBounded : public BoundedCounter {
 public:
  explicit MonitorBounded(std::int64_t limit) : limit_(limit) {
    if (limit_ < 0) throw std::invalid_argument("bounded counter with a negative limit");
  }
  bool try_increment() override {
    WriteHold hold(monitor_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    WriteHold hold(monitor_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    ReadHold hold(monitor_);
    return value_;
  }

 private:
  mutable Monitor monitor_;
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

class MonitorDocument : public Document {
 public:
  explicit MonitorDocument(std::string text) { versions_.push_back(std::move(text)); }
  Snapshot read() const override {
    ReadHold hold(monitor_);
    return {versions_.back(), versions_.size()};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    WriteHold hold(monitor_);
    if (base_version != versions_.size()) return false;
    versions_.push_back(text);  // All versions are kept: their number is the version.
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      Snapshot base = read();
      std::string text = change(base.text);
      if (text == base.text) return base.version;  // Nothing to save.
      if (try_save(base.version, text)) return base.version + 1;
    }
  }

 private:
  mutable Monitor monitor_;
  std::list<std::string> versions_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<MonitorCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  return std::make_unique<MonitorBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<MonitorDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("run_on_threads without threads");

  std::mutex mutex;
  std::condition_variable all_done;
  std::size_t begun = 0, done = 0, culprit = 0;
  std::exception_ptr exception;

  std::list<std::thread> workers;
  for (std::size_t i = 0; i < threads && i < jobs; ++i) {
    workers.emplace_back([&] {
      std::unique_lock<std::mutex> lock(mutex);
      while (begun < jobs) {
        const std::size_t number = begun++;
        std::exception_ptr caught;
        lock.unlock();
        try {
          job(number);
        } catch (...) {
          caught = std::current_exception();
        }
        lock.lock();
        if (caught && (!exception || number < culprit)) {
          exception = caught;
          culprit = number;
        }
        if (++done == jobs) all_done.notify_one();
      }
    });
  }
  {
    std::unique_lock<std::mutex> lock(mutex);
    all_done.wait(lock, [&] { return done == jobs; });
  }
  for (auto& worker : workers) worker.join();
  if (exception) std::rethrow_exception(exception);
}

}  // namespace race_counter
