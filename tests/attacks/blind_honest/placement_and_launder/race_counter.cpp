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
#include <new>

namespace race_counter {
namespace {

struct Inner {
  std::mutex mutex;
  Snapshot now;
};

class LightDocument : public Document {
 public:
  explicit LightDocument(std::string text) { ::new (storage_) Inner{{}, {std::move(text), 1}}; }
  ~LightDocument() override { inner().~Inner(); }
  LightDocument(const LightDocument&) = delete;
  Snapshot read() const override {
    std::lock_guard lock(inner().mutex);
    return inner().now;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard lock(inner().mutex);
    if (inner().now.version != base_version) return false;
    inner().now = {text, base_version + 1};
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  Inner& inner() const { return *std::launder(reinterpret_cast<Inner*>(storage_)); }
  alignas(Inner) mutable std::byte storage_[sizeof(Inner)];
};

class LightCounter : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class LightBounded : public BoundedCounter {
 public:
  explicit LightBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<LightCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<LightBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<LightDocument>(std::move(text));
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
