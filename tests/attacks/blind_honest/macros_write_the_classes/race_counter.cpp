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

#define GUARDED(name) const std::lock_guard<std::mutex> CONCAT(guard_, __LINE__)(name)
#define CONCAT(a, b) CONCAT_AGAIN(a, b)
#define CONCAT_AGAIN(a, b) a##b
#define STRINGIFY(x) #x

#define BOUNDED_OPERATIONS(X)                 \
  X(try_increment, value_ < limit_, ++value_) \
  X(try_decrement, value_ > 0, --value_)

namespace race_counter {
namespace {

class SafeBounded : public BoundedCounter {
 public:
  explicit SafeBounded(std::int64_t limit) : limit_(limit) {}

#define DEFINE_OPERATION(name, condition, effect) \
  bool name() override {                          \
    GUARDED(mutex_);                              \
    if (!(condition)) return false;               \
    effect;                                       \
    return true;                                  \
  }
  BOUNDED_OPERATIONS(DEFINE_OPERATION)
#undef DEFINE_OPERATION

  std::int64_t value() const override {
    GUARDED(mutex_);
    return value_;
  }

#define NAME_OPERATION(name, condition, effect) STRINGIFY(name) " if " STRINGIFY(condition) "\n"
  [[maybe_unused]] static constexpr const char* kOperations = BOUNDED_OPERATIONS(NAME_OPERATION);
#undef NAME_OPERATION

 private:
  mutable std::mutex mutex_;
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

class SafeCounter final : public Counter {
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

struct SafeDocument : Document {
  explicit SafeDocument(std::string t) : text(std::move(t)) {}
  Snapshot read() const override {
    std::shared_lock lock(mutex);
    return {text, version};
  }
  bool try_save(std::uint64_t base, const std::string& newer) override {
    std::unique_lock lock(mutex);
    if (base != version) return false;
    text = newer;
    version += 1;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base = read();
    while (!try_save(base.version, change(base.text))) base = read();
    return base.version + 1;
  }
  mutable std::shared_mutex mutex;
  std::string text;
  std::uint64_t version = 1;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<SafeCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SafeBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SafeDocument>(std::move(text));
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
