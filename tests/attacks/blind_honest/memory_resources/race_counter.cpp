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
#include <memory_resource>

namespace race_counter {
namespace {

class BasicDocument : public Document {
 public:
  explicit BasicDocument(const std::string& text) : text_(text, &pool_) {}
  Snapshot read() const override {
    std::scoped_lock lock(mutex_);
    return {std::string(text_), version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::scoped_lock lock(mutex_);
    if (base_version != version_) return false;
    text_.assign(text);
    ++version_;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      auto [text, version] = read();
      if (try_save(version, change(text))) return version + 1;
    }
  }

 private:
  std::pmr::synchronized_pool_resource pool_;
  mutable std::mutex mutex_;
  std::pmr::string text_;
  std::uint64_t version_ = 1;
};

struct BasicCounter : Counter {
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

class BasicBounded : public BoundedCounter {
 public:
  explicit BasicBounded(std::int64_t limit) : limit_(limit) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<BasicCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<BasicBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<BasicDocument>(std::move(text));
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
