#include "race_counter.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {
namespace {

// Each thread adds to the shard of its own number, so that threads seldom meet.
class ShardedCounter : public Counter {
 public:
  void increment() override { shards_[shard()].count.fetch_add(1, std::memory_order_acq_rel); }
  std::int64_t value() const override {
    std::int64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.count.load(std::memory_order_acquire);
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 8;
  struct alignas(64) Shard {
    std::atomic<std::int64_t> count{0};
  };
  static std::size_t shard() { return std::hash<std::thread::id>{}(std::this_thread::get_id()) % kShards; }
  std::array<Shard, kShards> shards_;
};

class CasBounded : public BoundedCounter {
 public:
  explicit CasBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    std::int64_t seen = value_.load();
    while (seen < limit_) {
      if (value_.compare_exchange_weak(seen, seen + 1)) return true;
    }
    return false;
  }
  bool try_decrement() override {
    std::int64_t seen = value_.load();
    return seen > 0 && value_.compare_exchange_weak(seen, seen - 1);
  }
  std::int64_t value() const override { return value_.load(); }

 private:
  const std::int64_t limit_;
  std::atomic<std::int64_t> value_{0};
};

// The present version is an object that never changes; saving swaps the pointer to it.
class PointerDocument : public Document {
 public:
  explicit PointerDocument(std::string text)
      : present_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}

  Snapshot read() const override { return *std::atomic_load(&present_); }

  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::shared_ptr<const Snapshot> base = std::atomic_load(&present_);
    if (base->version != base_version) return false;
    return replace(base, text);
  }

  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      std::shared_ptr<const Snapshot> base = std::atomic_load(&present_);
      const std::uint64_t made = base->version + 1;
      if (replace(base, change(base->text))) return made;
    }
  }

 private:
  bool replace(std::shared_ptr<const Snapshot>& base, const std::string& text) {
    auto next = std::make_shared<const Snapshot>(Snapshot{text, base->version + 1});
    return std::atomic_compare_exchange_strong(&present_, &base, std::move(next));
  }

  std::shared_ptr<const Snapshot> present_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<ShardedCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("the limit is negative");
  return std::make_unique<CasBounded>(limit);
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PointerDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads must not be 0");
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed = jobs;  // The smallest number of a job that threw.
  std::exception_ptr error;

  const auto work = [&] {
    for (std::size_t number = next++; number < jobs; number = next++) {
      try {
        job(number);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (number < failed) {
          failed = number;
          error = std::current_exception();
        }
      }
    }
  };
  {
    // The calling thread works too, so one thread less is needed.
    std::vector<std::jthread> others;
    const std::size_t wanted = std::min(threads, jobs);
    for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(work);
    work();
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
