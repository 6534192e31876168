#include "race_counter.hpp"

#include <array>
#include <atomic>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {
namespace {

class ShardedCounter final : public Counter {
 public:
  void increment() override {
    const auto shard = std::hash<std::thread::id>{}(std::this_thread::get_id()) % shards_.size();
    shards_[shard].count.fetch_add(1, std::memory_order_relaxed);
  }
  std::int64_t value() const override {
    std::int64_t sum = 0;
    for (const auto& shard : shards_) sum += shard.count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(64) Shard {
    std::atomic<std::int64_t> count{0};
  };
  std::array<Shard, 8> shards_;
};

class Gate final : public BoundedCounter {
 public:
  explicit Gate(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    std::scoped_lock lock(mutex_);
    return inside_ < limit_ ? (++inside_, true) : false;
  }
  bool try_decrement() override {
    std::scoped_lock lock(mutex_);
    return inside_ > 0 ? (--inside_, true) : false;
  }
  std::int64_t value() const override {
    std::scoped_lock lock(mutex_);
    return inside_;
  }

 private:
  const std::int64_t limit_;
  mutable std::mutex mutex_;
  std::int64_t inside_ = 0;
};

class ImmutableVersions final : public Document {
 public:
  explicit ImmutableVersions(std::string text)
      : present_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}

  Snapshot read() const override { return *std::atomic_load(&present_); }

  bool try_save(std::uint64_t base_version, const std::string& text) override {
    auto present = std::atomic_load(&present_);
    if (present->version != base_version) return false;
    auto next = std::make_shared<const Snapshot>(Snapshot{text, base_version + 1});
    // If it fails, somebody has saved, and base_version is no longer the present one.
    return std::atomic_compare_exchange_strong(&present_, &present, next);
  }

  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    auto present = std::atomic_load(&present_);
    while (true) {
      const auto version = present->version + 1;
      auto next = std::make_shared<const Snapshot>(Snapshot{change(present->text), version});
      if (std::atomic_compare_exchange_strong(&present_, &present, next)) return version;
    }
  }

 private:
  std::shared_ptr<const Snapshot> present_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<ShardedCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit < 0");
  return std::make_unique<Gate>(limit);
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<ImmutableVersions>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads == 0");
  using Failure = std::pair<std::size_t, std::exception_ptr>;
  std::atomic<std::size_t> next{0};
  auto work = [&]() -> Failure {
    Failure first{jobs, nullptr};
    for (auto i = next++; i < jobs; i = next++) {
      try {
        job(i);
      } catch (...) {
        if (i < first.first) first = {i, std::current_exception()};
      }
    }
    return first;
  };
  std::vector<std::future<Failure>> workers;
  for (std::size_t t = 0; t < threads; ++t) workers.push_back(std::async(std::launch::async, work));
  Failure first{jobs, nullptr};
  for (auto& worker : workers) {
    const Failure theirs = worker.get();
    if (theirs.first < first.first) first = theirs;
  }
  if (first.second) std::rethrow_exception(first.second);
}

}  // namespace race_counter
