#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include <condition_variable>
#include <queue>

namespace race_counter {
namespace {

class ThreadPool {
 public:
  explicit ThreadPool(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) workers_.emplace_back(&ThreadPool::work, this);
  }
  ~ThreadPool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    filled_.notify_all();
    for (auto& worker : workers_) worker.join();
  }
  void submit(std::function<void()> task) {
    {
      std::lock_guard lock(mutex_);
      tasks_.push(std::move(task));
      ++open_;
    }
    filled_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    emptied_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      filled_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      auto task = std::move(tasks_.front());
      tasks_.pop();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
      if (--open_ == 0) emptied_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable filled_, emptied_;
  std::queue<std::function<void()>> tasks_;
  std::size_t open_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

class PlainCounter : public Counter {
 public:
  void increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++value_;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class PlainBounded : public BoundedCounter {
 public:
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    for (std::int64_t seen = value_.load(); seen < limit_;) {
      if (value_.compare_exchange_weak(seen, seen + 1)) return true;
    }
    return false;
  }
  bool try_decrement() override {
    for (std::int64_t seen = value_.load(); seen > 0;) {
      if (value_.compare_exchange_weak(seen, seen - 1)) return true;
    }
    return false;
  }
  std::int64_t value() const override { return value_.load(); }

 private:
  const std::int64_t limit_;
  std::atomic<std::int64_t> value_{0};
};

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  mutable std::mutex mutex_;
  Snapshot now_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("a pool needs threads");
  std::vector<std::exception_ptr> errors(jobs);
  {
    ThreadPool pool(std::min(threads, jobs));
    for (std::size_t i = 0; i < jobs; ++i) {
      pool.submit([&, i] {
        try {
          job(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      });
    }
    pool.wait();
  }
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
