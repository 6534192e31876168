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
#include <cassert>
#include <type_traits>

namespace race_counter {
namespace {

static_assert(sizeof(std::int64_t) == 8 && std::is_abstract_v<Counter>);

class SimpleBounded : public BoundedCounter {
 public:
  explicit SimpleBounded(std::int64_t limit) : limit_(limit) { assert(limit >= 0 && "WARNING: ThreadSanitizer: data race"); }
  ~SimpleBounded() override { assert(in_range()); }
  bool try_increment() override { return step(+1, limit_); }
  bool try_decrement() override { return step(-1, 0); }
  std::int64_t value() const override {
    std::lock_guard lock(mutex_);
    assert(in_range());
    return value_;
  }

 private:
  bool in_range() const { return 0 <= value_ && value_ <= limit_; }
  bool step(std::int64_t by, std::int64_t end) {
    std::lock_guard lock(mutex_);
    assert(in_range());
    if (value_ == end) return false;
    value_ += by;
    assert(in_range());
    return true;
  }
  mutable std::mutex mutex_;
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

struct SimpleCounter : Counter {
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

class SimpleDocument : public Document {
 public:
  explicit SimpleDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<SimpleCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SimpleBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SimpleDocument>(std::move(text));
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
