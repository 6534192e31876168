#include "race_counter.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {
namespace {

class SpinLock {
 public:
  void lock() {
    while (flag_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  void unlock() { flag_.clear(std::memory_order_release); }

 private:
  std::atomic_flag flag_;
};

using Guard = std::lock_guard<SpinLock>;

class SpinCounter : public Counter {
  mutable SpinLock lock_;
  std::int64_t value_ = 0;

 public:
  void increment() override {
    Guard guard(lock_);
    value_ += 1;
  }
  std::int64_t value() const override {
    Guard guard(lock_);
    return value_;
  }
};

class SpinBoundedCounter : public BoundedCounter {
  mutable SpinLock lock_;
  std::int64_t value_ = 0;
  std::int64_t limit_;

  bool move(std::int64_t step) {
    Guard guard(lock_);
    const std::int64_t moved = value_ + step;
    if (moved < 0 || moved > limit_) return false;
    value_ = moved;
    return true;
  }

 public:
  explicit SpinBoundedCounter(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override { return move(1); }
  bool try_decrement() override { return move(-1); }
  std::int64_t value() const override {
    Guard guard(lock_);
    return value_;
  }
};

class SpinDocument : public Document {
  mutable SpinLock lock_;
  Snapshot now_;

 public:
  explicit SpinDocument(std::string text) {
    now_.text = std::move(text);
    now_.version = 1;
  }
  Snapshot read() const override {
    Guard guard(lock_);
    return now_;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    Guard guard(lock_);
    if (now_.version != base_version) return false;
    now_.text = text;
    now_.version += 1;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const Snapshot before = read();
      if (try_save(before.version, change(before.text))) return before.version + 1;
      std::this_thread::yield();
    }
  }
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<SpinCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SpinBoundedCounter>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SpinDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  SpinLock lock;
  std::size_t taken = 0;
  std::vector<std::pair<std::size_t, std::exception_ptr>> failures;

  const auto take = [&]() -> std::optional<std::size_t> {
    Guard guard(lock);
    if (taken >= jobs) return std::nullopt;
    return taken++;
  };
  const auto work = [&] {
    while (const auto number = take()) {
      try {
        job(*number);
      } catch (...) {
        Guard guard(lock);
        failures.emplace_back(*number, std::current_exception());
      }
    }
  };
  std::vector<std::thread> team;
  for (std::size_t i = 0; i < threads; ++i) team.emplace_back(work);
  for (auto& member : team) member.join();

  const std::pair<std::size_t, std::exception_ptr>* first = nullptr;
  for (const auto& failure : failures)
    if (!first || failure.first < first->first) first = &failure;
  if (first) std::rethrow_exception(first->second);
}

}  // namespace race_counter
