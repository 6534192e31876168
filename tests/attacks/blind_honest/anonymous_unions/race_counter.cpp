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
#include <cstring>

namespace race_counter {
namespace {

struct Halves {
  std::uint32_t value;
  std::uint32_t limit;
};

class RealBounded : public BoundedCounter {
 public:
  explicit RealBounded(std::int64_t limit) : small_(limit <= 0xffffffff), limit_(limit) {
    if (small_) word_ = pack({0, static_cast<std::uint32_t>(limit)});
  }
  bool try_increment() override { return small_ ? step_small(+1) : step_large(+1); }
  bool try_decrement() override { return small_ ? step_small(-1) : step_large(-1); }
  std::int64_t value() const override {
    if (small_) return unpack(word_.load()).value;
    std::lock_guard lock(mutex_);
    return large_.value;
  }

 private:
  static std::uint64_t pack(Halves halves) {
    std::uint64_t word;
    std::memcpy(&word, &halves, sizeof word);
    return word;
  }
  static Halves unpack(std::uint64_t word) {
    Halves halves;
    std::memcpy(&halves, &word, sizeof word);
    return halves;
  }
  bool step_small(int by) {
    for (std::uint64_t seen = word_.load();;) {
      Halves halves = unpack(seen);
      if (halves.value == (by > 0 ? halves.limit : 0)) return false;
      halves.value += static_cast<std::uint32_t>(by);
      if (word_.compare_exchange_weak(seen, pack(halves))) return true;
    }
  }
  bool step_large(int by) {
    std::lock_guard lock(mutex_);
    if (large_.value == (by > 0 ? limit_ : 0)) return false;
    large_.value += by;
    return true;
  }
  const bool small_;
  const std::int64_t limit_;
  mutable std::mutex mutex_;
  std::atomic<std::uint64_t> word_{0};
  struct {
    union {
      std::int64_t value = 0;
      std::uint64_t bits;
    };
  } large_;
};

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

class RealDocument : public Document {
 public:
  explicit RealDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  mutable std::mutex mutex_;
  Snapshot now_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<RealCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<RealBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
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
