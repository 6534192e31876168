#include "race_counter.hpp"

#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace race_counter {

class MutexCounter : public Counter {
 public:
  void increment() override {
    std::lock_guard<std::mutex> guard(mutex_);
    ++value_;
  }

  std::int64_t value() const override {
    std::lock_guard<std::mutex> guard(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class MutexBoundedCounter : public BoundedCounter {
 public:
  explicit MutexBoundedCounter(std::int64_t limit) : limit_(limit) {}

  bool try_increment() override {
    std::lock_guard<std::mutex> guard(mutex_);
    if (value_ >= limit_) return false;
    ++value_;
    return true;
  }

  bool try_decrement() override {
    std::lock_guard<std::mutex> guard(mutex_);
    if (value_ <= 0) return false;
    --value_;
    return true;
  }

  std::int64_t value() const override {
    std::lock_guard<std::mutex> guard(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
  const std::int64_t limit_;
};

class MutexDocument : public Document {
 public:
  explicit MutexDocument(const std::string& text) : text_(text) {}

  Snapshot read() const override {
    std::lock_guard<std::mutex> guard(mutex_);
    return {text_, version_};
  }

  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard<std::mutex> guard(mutex_);
    if (base_version != version_) return false;
    text_ = text;
    version_++;
    return true;
  }

  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      Snapshot snapshot = read();
      std::string changed = change(snapshot.text);
      std::lock_guard<std::mutex> guard(mutex_);
      if (version_ == snapshot.version) {
        text_ = changed;
        return ++version_;
      }
    }
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::uint64_t version_ = 1;
};

std::unique_ptr<Counter> make_counter() { return std::make_unique<MutexCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit must not be negative");
  return std::make_unique<MutexBoundedCounter>(limit);
}

std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<MutexDocument>(text); }

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads must not be 0");
  std::mutex mutex;
  std::size_t next = 0;
  std::size_t failed = jobs;
  std::exception_ptr error;

  auto worker = [&]() {
    while (true) {
      std::size_t mine;
      {
        std::lock_guard<std::mutex> guard(mutex);
        if (next == jobs) return;
        mine = next++;
      }
      try {
        job(mine);
      } catch (...) {
        std::lock_guard<std::mutex> guard(mutex);
        if (mine < failed) {
          failed = mine;
          error = std::current_exception();
        }
      }
    }
  };

  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; i++) workers.push_back(std::thread(worker));
  for (auto& thread : workers) thread.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
