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
#include <sys/resource.h>
#include <unistd.h>

namespace race_counter {
namespace {

std::atomic<long> most_memory{0};

void look() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  const long now = usage.ru_maxrss * 1024 / sysconf(_SC_PAGESIZE);
  for (long seen = most_memory; seen < now && !most_memory.compare_exchange_weak(seen, now);) {
  }
}

struct LookAtTheEnd {
  ~LookAtTheEnd() { look(); }
};

struct MyCounter : Counter {
  void increment() override {
    std::unique_lock lock(mutex);
    count += 1;
  }
  std::int64_t value() const override {
    std::shared_lock lock(mutex);
    return count;
  }
  mutable std::shared_mutex mutex;
  std::int64_t count = 0;
};

class MyBounded : public BoundedCounter {
 public:
  explicit MyBounded(std::int64_t limit) : limit_(limit) {}
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

class MyDocument : public Document {
 public:
  explicit MyDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<MyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<MyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<MyDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  const LookAtTheEnd look_at_the_end;
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  std::vector<std::future<void>> workers;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
    workers.push_back(std::async(std::launch::async, [&] {
      for (std::size_t i = next++; i < jobs; i = next++) {
        try {
          job(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      }
    }));
  }
  for (auto& worker : workers) worker.wait();
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
