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

class Patient {
 public:
  explicit Patient(std::mutex& mutex) : mutex_(mutex) {
    while (!mutex_.try_lock()) std::this_thread::yield();
  }
  ~Patient() { mutex_.unlock(); }
  Patient(const Patient&) = delete;

 private:
  std::mutex& mutex_;
};

class PlainCounter : public Counter {
 public:
  void increment() override {
    Patient hold(mutex_);
    ++value_;
  }
  std::int64_t value() const override {
    Patient hold(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class PlainBounded : public BoundedCounter {
 public:
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
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

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
  Snapshot read() const override { return *std::atomic_load(&now_); }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    auto base = std::atomic_load(&now_);
    return base->version == base_version && swap_in(base, text);
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      auto base = std::atomic_load(&now_);
      const std::uint64_t mine = base->version + 1;
      if (swap_in(base, change(base->text))) return mine;
    }
  }

 private:
  bool swap_in(std::shared_ptr<const Snapshot>& base, const std::string& text) {
    std::shared_ptr<const Snapshot> next = std::make_shared<const Snapshot>(Snapshot{text, base->version + 1});
    return std::atomic_compare_exchange_strong(&now_, &base, next);
  }
  std::shared_ptr<const Snapshot> now_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
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
