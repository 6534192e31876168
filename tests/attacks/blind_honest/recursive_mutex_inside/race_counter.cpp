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

namespace race_counter {
namespace {

class EasyDocument : public Document {
 public:
  explicit EasyDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return {text_, version()};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard lock(mutex_);
    if (read().version != base_version) return false;
    text_ = text;
    version_ = version() + 1;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    std::unique_lock lock(mutex_);
    for (;;) {
      const Snapshot base = read();
      lock.unlock();
      std::string text = change(base.text);
      lock.lock();
      if (try_save(base.version, text)) return version();
    }
  }

 private:
  std::uint64_t version() const {
    std::lock_guard lock(mutex_);
    return version_;
  }
  mutable std::recursive_mutex mutex_;
  std::string text_;
  std::uint64_t version_ = 1;
};

class EasyCounter final : public Counter {
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

class EasyBounded : public BoundedCounter {
 public:
  explicit EasyBounded(std::int64_t limit) : limit_(limit) {}
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

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<EasyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<EasyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<EasyDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads == 0");
  std::vector<std::packaged_task<void()>> tasks;
  std::vector<std::future<void>> ends;
  for (std::size_t i = 0; i < jobs; ++i) {
    tasks.emplace_back([&job, i] { job(i); });
    ends.push_back(tasks.back().get_future());
  }
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
      workers.emplace_back([&] {
        for (std::size_t i; (i = next.fetch_add(1)) < jobs;) tasks[i]();
      });
    }
  }
  for (auto& end : ends) end.get();
}

}  // namespace race_counter
