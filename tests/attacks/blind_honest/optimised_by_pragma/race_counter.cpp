#pragma GCC optimize("O3,unroll-loops")
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
  explicit PlainDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
  Snapshot read() const override { return *std::atomic_load(&now_); }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    auto base = std::atomic_load(&now_);
    return base->version == base_version && swap_in(base, text);
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      auto base = std::atomic_load(&now_);
      const std::uint64_t mine = base->version + 1;
      if (swap_in(base, change(base->text))) return mine;
    }
  }

 private:
  bool swap_in(std::shared_ptr<const Snapshot>& base, const std::string& text) {
    std::shared_ptr<const Snapshot> next = std::make_shared<const Snapshot>(Snapshot{text, base->version + 1});
    return std::atomic_compare_exchange_strong(&now_, &base, next);
  }
  std::shared_ptr<const Snapshot> now_;
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

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("at least one thread");
  std::map<std::size_t, std::exception_ptr> thrown;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  auto work = [&] {
    for (;;) {
      const auto i = next.fetch_add(1);
      if (i >= jobs) return;
      try {
        job(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        thrown[i] = std::current_exception();
      }
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t t = 1; t < std::min(threads, jobs); ++t) others.push_back(std::async(std::launch::async, work));
  work();
  for (auto& other : others) other.get();
  if (!thrown.empty()) std::rethrow_exception(thrown.begin()->second);
}

}  // namespace race_counter
