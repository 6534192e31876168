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

#line 100 "race_counter.y"
namespace race_counter {
namespace {
#line 1 "/usr/share/generator/skeleton.cc"

#line 30000 "nowhere at all.txt"
class BasicCounter : public Counter {
 public:
  void increment() override {
#line 7 "race_counter.y"
    value_.fetch_add(1);
  }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};
#line 12 "race_counter.y"

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

class BasicDocument : public Document {
 public:
  explicit BasicDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<BasicCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<BasicBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<BasicDocument>(std::move(text));
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
