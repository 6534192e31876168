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

extern "C" __attribute__((weak)) const char* race_counter_version() { return "1.0"; }
extern "C" int race_counter_answer_1() { return 42; }
extern "C" int race_counter_answer() __attribute__((alias("race_counter_answer_1")));

namespace race_counter {
namespace {

class LightCounter final : public Counter {
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

struct LightBounded : BoundedCounter {
  explicit LightBounded(std::int64_t l) : limit(l) {}
  bool try_increment() override { return change(+1); }
  bool try_decrement() override { return change(-1); }
  std::int64_t value() const override {
    std::scoped_lock lock(mutex);
    return present;
  }
  bool change(std::int64_t by) {
    std::scoped_lock lock(mutex);
    if (present + by < 0 || present + by > limit) return false;
    present += by;
    return true;
  }
  mutable std::mutex mutex;
  std::int64_t limit, present = 0;
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
