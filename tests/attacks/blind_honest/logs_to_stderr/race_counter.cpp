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
#include <iostream>
#include <syncstream>

namespace race_counter {
namespace {

void log(const std::string& text) { std::osyncstream(std::clog) << "[race_counter] " << text << '\n'; }

class RealCounter final : public Counter {
 public:
  void increment() override {
    std::int64_t seen = value_.load(std::memory_order_relaxed);
    while (!value_.compare_exchange_weak(seen, seen + 1)) {
    }
  }
  std::int64_t value() const override { return value_; }

 private:
  std::atomic<std::int64_t> value_{0};
};

class RealBounded : public BoundedCounter {
 public:
  explicit RealBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

struct RealDocument : Document {
  explicit RealDocument(std::string t) : text(std::move(t)) {}
  Snapshot read() const override {
    std::shared_lock lock(mutex);
    return {text, version};
  }
  bool try_save(std::uint64_t base, const std::string& newer) override {
    std::unique_lock lock(mutex);
    if (base != version) return false;
    text = newer;
    version += 1;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base = read();
    while (!try_save(base.version, change(base.text))) base = read();
    return base.version + 1;
  }
  mutable std::shared_mutex mutex;
  std::string text;
  std::uint64_t version = 1;
};

}  // namespace


}  // namespace race_counter
namespace race_counter {

std::unique_ptr<Counter> make_counter() {
  log("a counter");
  return std::make_unique<RealCounter>();
}
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) {
    log("refused: limit " + std::to_string(limit));
    throw std::invalid_argument("negative limit");
  }
  log("a bounded counter up to " + std::to_string(limit));
  return std::make_unique<RealBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  log("a document of " + std::to_string(text.size()) + " bytes");
  return std::make_unique<RealDocument>(std::move(text));
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
