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

class RealBounded : public BoundedCounter {
 public:
  explicit RealBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override { return succeeds(+1); }
  bool try_decrement() override { return succeeds(-1); }
  std::int64_t value() const override {
    std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  struct AtTheEnd : std::range_error {
    using range_error::range_error;
  };
  void step(int by) {
    std::lock_guard lock(mutex_);
    if (value_ + by > limit_) throw AtTheEnd("full");
    if (value_ + by < 0) throw AtTheEnd("empty");
    value_ += by;
  }
  bool succeeds(int by) try {
    step(by);
    return true;
  } catch (const AtTheEnd&) {
    return false;
  }
  mutable std::mutex mutex_;
  std::int64_t limit_, value_ = 0;
};

class RealDocument : public Document {
  struct Refused {};

 public:
  explicit RealDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return {text_, version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    try {
      save(base_version, text);
    } catch (Refused) {
      return false;
    }
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const Snapshot base = read();
      const std::string text = change(base.text);
      try {
        return save(base.version, text);
      } catch (Refused) {
      }
    }
  }

 private:
  std::uint64_t save(std::uint64_t base_version, const std::string& text) {
    std::lock_guard lock(mutex_);
    if (base_version != version_) throw Refused();
    text_ = text;
    return ++version_;
  }
  mutable std::mutex mutex_;
  std::string text_;
  std::uint64_t version_ = 1;
};

struct RealCounter : Counter {
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<RealCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<RealBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<RealDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads == 0");
  std::vector<std::packaged_task<void()>> tasks;
  std::vector<std::future<void>> ends;
  for (std::size_t i = 0; i < jobs; ++i) {
    tasks.emplace_back([&job, i] { job(i); });
    ends.push_back(tasks.back().get_future());
  }
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
      workers.emplace_back([&] {
        for (std::size_t i; (i = next.fetch_add(1)) < jobs;) tasks[i]();
      });
    }
  }
  for (auto& end : ends) end.get();
}

}  // namespace race_counter
