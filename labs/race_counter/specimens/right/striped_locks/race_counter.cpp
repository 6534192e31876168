#include "race_counter.hpp"

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {
namespace {

class StripedCounter final : public Counter {
 public:
  void increment() override {
    Stripe& stripe = stripes_[turn_.fetch_add(1, std::memory_order_relaxed) % stripes_.size()];
    std::lock_guard lock(stripe.mutex);
    ++stripe.count;
  }
  std::int64_t value() const override {
    std::int64_t sum = 0;
    for (const Stripe& stripe : stripes_) {
      std::lock_guard lock(stripe.mutex);
      sum += stripe.count;
    }
    return sum;
  }

 private:
  struct alignas(64) Stripe {
    mutable std::mutex mutex;
    std::int64_t count = 0;
  };
  std::array<Stripe, 4> stripes_;
  std::atomic<unsigned> turn_{0};
};

// A lock that sleeps in the kernel on a C++20 atomic.
class AtomicLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) taken_.wait(true, std::memory_order_relaxed);
  }
  void unlock() {
    taken_.store(false, std::memory_order_release);
    taken_.notify_one();
  }

 private:
  std::atomic<bool> taken_{false};
};

class LockedBoundedCounter final : public BoundedCounter {
 public:
  explicit LockedBoundedCounter(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    std::lock_guard lock(lock_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    std::lock_guard lock(lock_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    std::lock_guard lock(lock_);
    return value_;
  }

 private:
  mutable AtomicLock lock_;
  std::int64_t value_ = 0;
  const std::int64_t limit_;
};

class LockedDocument final : public Document {
 public:
  explicit LockedDocument(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
  // Only the pointer is copied under the lock, the text outside: it never changes once it is published.
  Snapshot read() const override {
    const auto [text, version] = present();
    return {*text, version};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    auto next = std::make_shared<const std::string>(text);
    std::lock_guard lock(lock_);
    if (version_ != base_version) return false;
    text_ = std::move(next);
    ++version_;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const auto [text, version] = present();
      if (try_save(version, change(*text))) return version + 1;
    }
  }

 private:
  std::pair<std::shared_ptr<const std::string>, std::uint64_t> present() const {
    std::lock_guard lock(lock_);
    return {text_, version_};
  }

  mutable AtomicLock lock_;
  std::shared_ptr<const std::string> text_;
  std::uint64_t version_ = 1;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<StripedCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative");
  return std::make_unique<LockedBoundedCounter>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<LockedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("zero");
  std::vector<std::packaged_task<void()>> tasks;
  std::vector<std::future<void>> results;
  for (std::size_t i = 0; i < jobs; ++i) {
    tasks.emplace_back([&job, i] { job(i); });
    results.push_back(tasks.back().get_future());
  }
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> crew;
    for (std::size_t i = 0; i < threads; ++i)
      crew.emplace_back([&] {
        for (std::size_t k; (k = next.fetch_add(1)) < tasks.size();) tasks[k]();
      });
  }
  for (auto& result : results) result.get();  // In order: the first that throws is the smallest.
}

}  // namespace race_counter
