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
#include <chrono>

namespace race_counter {
namespace {

using namespace std::chrono_literals;

class Stopwatch {
 public:
  struct Lap {
    Stopwatch& watch;
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    ~Lap() { watch.add(std::chrono::steady_clock::now() - begin); }
  };
  Lap lap() { return Lap{*this}; }

 private:
  void add(std::chrono::nanoseconds time) {
    std::lock_guard lock(mutex_);
    shortest_ = std::min(shortest_, time);
    longest_ = std::max(longest_, time);
    sum_ += time;
  }
  std::mutex mutex_;
  std::chrono::nanoseconds shortest_ = 24h, longest_ = 0ns, sum_ = 0ns;
};

class OwnCounter final : public Counter {
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

class OwnBounded : public BoundedCounter {
 public:
  explicit OwnBounded(std::int64_t limit) : limit_(limit) {}
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

struct OwnDocument : Document {
  explicit OwnDocument(std::string t) : text(std::move(t)) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<OwnCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<OwnBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<OwnDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  Stopwatch watch;
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
      workers.emplace_back([&] {
        for (std::size_t i = next++; i < jobs; i = next++) {
          const auto lap = watch.lap();
          try {
            job(i);
          } catch (...) {
            errors[i] = std::current_exception();
          }
        }
      });
    }
  }
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
