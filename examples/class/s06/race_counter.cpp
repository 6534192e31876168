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

class SharedCounter final : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0}
};

class SharedBoundedCounter final : public BoundedCounter {
 public:
  explicit SharedBoundedCounter(std::int64_t limit) : limit_(limit) {}

  bool try_increment() override {
    std::lock_guard lock(mutex_);
    if (value_ >= limit_) return false;
    ++value_;
    return true;
  }

  bool try_decrement() override {
    std::lock_guard lock(mutex_);
    if (value_ <= 0) return false;
    --value_;
    return true;
  }

  std::int64_t value() const override {
    std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  const std::int64_t limit_;
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class SharedDocument final : public Document {
 public:
  explicit SharedDocument(std::string text) : text_(std::move(text)) {}

  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return {text_, version_};
  }

  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard lock(mutex_);
    if (base_version != version_) return false;
    text_ = text;
    ++version_;
    return true;
  }

  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::uint64_t version_ = 1;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<SharedCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative limit");
  return std::make_unique<SharedBoundedCounter>(limit);
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SharedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("no threads");
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed = jobs;
  std::exception_ptr error;
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs; i = next++) {
      try {
        job(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (i < failed) {
          failed = i;
          error = std::current_exception();
        }
      }
    }
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
