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
#include <pthread.h>

namespace race_counter {
namespace {

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

struct LightDocument : Document {
  explicit LightDocument(std::string t) : text(std::move(t)) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<LightCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<LightBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<LightDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  [[maybe_unused]] const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
    workers.emplace_back([&, t] {
      pthread_setname_np(pthread_self(), ("worker " + std::to_string(t % 1000)).c_str());
      for (std::size_t i = next++; i < jobs; i = next++) {
        try {
          job(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
