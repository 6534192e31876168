#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace race_counter {

namespace {

class AtomicCounter final : public Counter {
 public:
  // Relaxed is enough: the counter publishes nothing but itself.
  void increment() override { value_.fetch_add(1, std::memory_order_relaxed); }
  std::int64_t value() const override { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class AtomicBoundedCounter final : public BoundedCounter {
 public:
  explicit AtomicBoundedCounter(std::int64_t limit) : limit_(limit) {}

  bool try_increment() override { return step_unless_at(limit_, +1); }
  bool try_decrement() override { return step_unless_at(0, -1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  // Check and act are one step: the exchange takes place only if the value is still the one that was checked.
  // A failed exchange has loaded the newer value into `seen`, and the decision is made again.
  bool step_unless_at(std::int64_t bound, std::int64_t step) {
    std::int64_t seen = value_.load();
    do {
      if (seen == bound) return false;
    } while (!value_.compare_exchange_weak(seen, seen + step));
    return true;
  }

  const std::int64_t limit_;
  std::atomic<std::int64_t> value_{0};
};

class VersionedDocument final : public Document {
 public:
  explicit VersionedDocument(std::string text) : present_{std::move(text), 1} {}

  Snapshot read() const override {
    const std::scoped_lock lock(mutex_);
    return present_;
  }

  bool try_save(std::uint64_t base_version, const std::string& text) override {
    const std::scoped_lock lock(mutex_);
    if (present_.version != base_version) return false;
    present_.text = text;
    ++present_.version;
    return true;
  }

  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const Snapshot base = read();
      const std::string text = change(base.text);  // Foreign code: called without the lock.
      if (try_save(base.version, text)) return base.version + 1;
    }
  }

 private:
  mutable std::mutex mutex_;
  Snapshot present_;  // Guarded by mutex_, text and number together.
};

// The first of the failed jobs by number, whatever the order in which they failed.
class FirstFailure {
 public:
  void add(std::size_t job, std::exception_ptr error) {
    const std::scoped_lock lock(mutex_);
    if (error_ && job_ < job) return;
    job_ = job;
    error_ = std::move(error);
  }
  // To be called when no thread can add any more.
  void rethrow_if_any() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::size_t job_ = 0;
  std::exception_ptr error_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<AtomicCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("the limit of a bounded counter must not be negative");
  return std::make_unique<AtomicBoundedCounter>(limit);
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<VersionedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("run_on_threads needs at least one thread");
  std::atomic<std::size_t> next{0};
  FirstFailure failure;
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1); i < jobs; i = next.fetch_add(1)) {
      try {
        job(i);
      } catch (...) {
        failure.add(i, std::current_exception());
      }
    }
  };
  {
    // The destructor of a jthread joins, also if creating a later thread throws.
    std::vector<std::jthread> workers;
    const std::size_t count = std::min(threads, jobs);
    workers.reserve(count);
    while (workers.size() < count) workers.emplace_back(work);
  }
  failure.rethrow_if_any();
}

}  // namespace race_counter
