#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {
namespace {

class RelaxedCounter final : public Counter {
 public:
  void increment() override { count_.fetch_add(1, std::memory_order_relaxed); }
  std::int64_t value() const override { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> count_{0};
};

class RelaxedBoundedCounter final : public BoundedCounter {
 public:
  explicit RelaxedBoundedCounter(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    auto seen = count_.load(std::memory_order_relaxed);
    while (seen < limit_)
      if (count_.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed)) return true;
    return false;
  }
  bool try_decrement() override {
    auto seen = count_.load(std::memory_order_relaxed);
    while (seen > 0)
      if (count_.compare_exchange_weak(seen, seen - 1, std::memory_order_relaxed)) return true;
    return false;
  }
  std::int64_t value() const override { return count_.load(std::memory_order_relaxed); }

 private:
  const std::int64_t limit_;
  std::atomic<std::int64_t> count_{0};
};

class PublishedDocument final : public Document {
 public:
  explicit PublishedDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return {text_, version_.load(std::memory_order_relaxed)};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    // Version numbers only grow, so what is stale here stays stale; what is not is looked at again under the
    // lock.
    if (version_.load(std::memory_order_acquire) > base_version) return false;
    std::lock_guard lock(mutex_);
    if (version_.load(std::memory_order_relaxed) != base_version) return false;
    text_ = text;
    version_.store(base_version + 1, std::memory_order_release);
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (Snapshot base = read();; base = read())
      if (try_save(base.version, change(base.text))) return base.version + 1;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<RelaxedCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<RelaxedBoundedCounter>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PublishedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  struct Failure {
    std::size_t job = std::numeric_limits<std::size_t>::max();
    std::exception_ptr error;
  };
  std::vector<Failure> firsts(std::min(threads, jobs));  // One for each thread.
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> members;
  for (Failure& first : firsts) {
    members.emplace_back([&] {
      // The numbers that one thread gets are rising, so its first failure is its smallest.
      for (std::size_t i = next++; i < jobs; i = next++) {
        try {
          job(i);
        } catch (...) {
          if (!first.error) first = {i, std::current_exception()};
        }
      }
    });
  }
  for (std::thread& member : members) member.join();
  const auto smallest = std::min_element(firsts.begin(), firsts.end(),
                                         [](const Failure& a, const Failure& b) { return a.job < b.job; });
  if (smallest != firsts.end() && smallest->error) std::rethrow_exception(smallest->error);
}

}  // namespace race_counter
