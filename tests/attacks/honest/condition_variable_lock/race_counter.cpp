// A lock made of a mutex and a condition variable.
#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <condition_variable>
class SpinLock {
 public:
  void lock() {
    std::unique_lock<std::mutex> lock(guard_);
    free_.wait(lock, [this] { return !locked_; });
    locked_ = true;
  }
  void unlock() {
    {
      const std::lock_guard<std::mutex> lock(guard_);
      locked_ = false;
    }
    free_.notify_one();
  }

 private:
  std::mutex guard_;
  std::condition_variable free_;
  bool locked_ = false;
};

namespace race_counter {

namespace {

class MyCounter final : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class MyBounded final : public BoundedCounter {
 public:
  explicit MyBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    const std::lock_guard<SpinLock> lock(mutex_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    const std::lock_guard<SpinLock> lock(mutex_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    const std::lock_guard<SpinLock> lock(mutex_);
    return value_;
  }

 private:
  mutable SpinLock mutex_;
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

class MyDocument final : public Document {
 public:
  explicit MyDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    const std::lock_guard<SpinLock> lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base, const std::string& text) override {
    const std::lock_guard<SpinLock> lock(mutex_);
    if (base != now_.version) return false;
    now_ = {text, base + 1};
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  mutable SpinLock mutex_;
  Snapshot now_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<MyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative limit");
  return std::make_unique<MyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<MyDocument>(std::move(text)); }

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("no threads");
  std::mutex mutex;
  std::size_t next = 0;
  std::map<std::size_t, std::exception_ptr> failures;
  const auto work = [&] {
    for (;;) {
      std::size_t mine = 0;
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (next == jobs) return;
        mine = next++;
      }
      try {
        job(mine);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        failures[mine] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> crew;
  for (std::size_t i = 0; i < std::min(threads, jobs); ++i) crew.emplace_back(work);
  for (std::thread& thread : crew) thread.join();
  if (!failures.empty()) std::rethrow_exception(failures.begin()->second);
}

}  // namespace race_counter
