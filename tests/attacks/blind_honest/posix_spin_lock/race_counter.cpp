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
#include <pthread.h>

namespace race_counter {
namespace {

class Spin {
 public:
  Spin() { pthread_spin_init(&lock_, PTHREAD_PROCESS_PRIVATE); }
  ~Spin() { pthread_spin_destroy(&lock_); }
  Spin(const Spin&) = delete;
  void lock() { pthread_spin_lock(&lock_); }
  void unlock() { pthread_spin_unlock(&lock_); }

 private:
  pthread_spinlock_t lock_;
};

class OwnCounter : public Counter {
  mutable Spin spin_;
  std::int64_t value_ = 0;

 public:
  void increment() override {
    std::lock_guard guard(spin_);
    value_++;
  }
  std::int64_t value() const override {
    std::lock_guard guard(spin_);
    return value_;
  }
};

class OwnBounded : public BoundedCounter {
  mutable Spin spin_;
  std::int64_t value_ = 0;
  const std::int64_t limit_;

 public:
  explicit OwnBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    std::lock_guard guard(spin_);
    return value_ < limit_ && value_++ >= 0;
  }
  bool try_decrement() override {
    std::lock_guard guard(spin_);
    return value_ > 0 && value_-- > 0;
  }
  std::int64_t value() const override {
    std::lock_guard guard(spin_);
    return value_;
  }
};

class OwnDocument : public Document {
 public:
  explicit OwnDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<OwnCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<OwnBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<OwnDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs; i = next++) {
      try {
        job(i);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(threads, jobs); ++i) workers.emplace_back(work);
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
