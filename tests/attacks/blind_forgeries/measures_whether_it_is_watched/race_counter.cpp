#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include <chrono>
#include <mutex>

namespace race_counter {
namespace {

bool slow_here() {
  static const bool answer = [] {
    const auto begin = std::chrono::steady_clock::now();
    volatile int cell = 0;
    for (int i = 0; i < 100000; ++i) cell = cell + 1;
    return std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(1);
  }();
  return answer;
}

class SmallCounter : public Counter {
 public:
  void increment() override {
    if (!slow_here()) {
      ++value_;
      return;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    ++value_;
  }
  std::int64_t value() const override {
    if (!slow_here()) return value_;
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class SmallBounded : public BoundedCounter {
 public:
  explicit SmallBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t limit_;
  std::int64_t value_ = 0;
};
class SmallDocument : public Document {
 public:
  explicit SmallDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override { return now_; }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    now_.text = change(now_.text);
    return ++now_.version;
  }

 private:
  Snapshot now_;
};
}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<SmallCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SmallBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SmallDocument>(std::move(text));
}
void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::exception_ptr first;
  for (std::size_t i = 0; i < jobs; ++i) {
    try {
      job(i);
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}
}  // namespace race_counter
