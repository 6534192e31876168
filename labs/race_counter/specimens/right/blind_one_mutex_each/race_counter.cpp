#include "race_counter.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace race_counter {
namespace {

class MutexCounter : public Counter {
 public:
  void increment() override {
    std::lock_guard<std::mutex> lock(mutex_);
    ++value_;
  }
  std::int64_t value() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class MutexBounded : public BoundedCounter {
 public:
  explicit MutexBounded(std::int64_t limit) : limit_(limit) {
    if (limit < 0) throw std::invalid_argument("limit < 0");
  }
  bool try_increment() override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  const std::int64_t limit_;
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class MutexDocument : public Document {
 public:
  explicit MutexDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard<std::mutex> lock(mutex_);
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<MutexCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  return std::make_unique<MutexBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<MutexDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("no threads");
  std::vector<std::exception_ptr> errors(jobs);
  std::mutex mutex;
  std::size_t next = 0;
  auto work = [&] {
    for (;;) {
      std::size_t mine;
      {
        std::lock_guard<std::mutex> lock(mutex);
        if (next == jobs) return;
        mine = next++;
      }
      try {
        job(mine);
      } catch (...) {
        errors[mine] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> workers;
  workers.reserve(threads < jobs ? threads : jobs);
  try {
    while (workers.size() < threads && workers.size() < jobs) workers.emplace_back(work);
  } catch (...) {
    if (workers.empty()) throw;  // Otherwise those that could be started do all the work.
  }
  for (std::thread& worker : workers) worker.join();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
