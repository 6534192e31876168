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
#include <condition_variable>

namespace race_counter {
namespace {

class CountingLock {
 public:
  void lock() {
    std::unique_lock guard(mutex_);
    free_.wait(guard, [this] { return !taken_; });
    taken_ = true;
    ++times_;
  }
  void unlock() {
    {
      std::lock_guard guard(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
  long times_ = 0;
};

class EasyCounter : public Counter {
 public:
  void increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++value_;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

struct EasyBounded : BoundedCounter {
  explicit EasyBounded(std::int64_t l) : limit(l) {}
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

class EasyDocument : public Document {
 public:
  explicit EasyDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<EasyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<EasyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<EasyDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  CountingLock lock;
  std::condition_variable_any changed;
  std::size_t next = 0, done = 0;
  std::vector<std::exception_ptr> errors(jobs);
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
    workers.emplace_back([&] {
      std::unique_lock hold(lock);
      while (next < jobs) {
        const std::size_t mine = next++;
        hold.unlock();
        try {
          job(mine);
        } catch (...) {
          errors[mine] = std::current_exception();
        }
        hold.lock();
        ++done;
        changed.notify_all();
      }
    });
  }
  {
    std::unique_lock hold(lock);
    changed.wait(hold, [&] { return done == jobs; });
  }
  for (auto& worker : workers) worker.join();
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
