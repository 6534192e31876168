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

namespace race_counter {
namespace {

template <class F>
struct Recursive {
  explicit Recursive(F function) : f(std::move(function)) {}
  F f;
  template <class... A>
  decltype(auto) operator()(A&&... a) const {
    return f(*this, std::forward<A>(a)...);
  }
};

class EasyBounded : public BoundedCounter {
 public:
  explicit EasyBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    const auto step = [this](const auto& self, std::int64_t seen) -> bool {
      return seen < limit_ && (value_.compare_exchange_strong(seen, seen + 1) || self(seen));
    };
    return Recursive<decltype(step)>(step)(value_.load());
  }
  bool try_decrement() override {
    const auto step = [this](const auto& self, std::int64_t seen) -> bool {
      return seen > 0 && (value_.compare_exchange_strong(seen, seen - 1) || self(seen));
    };
    return Recursive<decltype(step)>(step)(value_.load());
  }
  std::int64_t value() const override { return value_; }

 private:
  const std::int64_t limit_;
  std::atomic<std::int64_t> value_{0};
};

class EasyDocument : public Document {
 public:
  explicit EasyDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard lock(mutex_);
    return base_version == now_.version && (now_.text = text, ++now_.version);
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    return edit_from(read(), change);
  }

 private:
  std::uint64_t edit_from(const Snapshot& base, const std::function<std::string(const std::string&)>& change) {
    return try_save(base.version, change(base.text)) ? base.version + 1 : edit_from(read(), change);
  }
  mutable std::mutex mutex_;
  Snapshot now_;
};

struct EasyCounter : Counter {
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

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<EasyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<EasyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<EasyDocument>(std::move(text));
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
