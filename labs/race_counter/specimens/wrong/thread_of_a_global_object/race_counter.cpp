#include "race_counter.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

// Starts a thread before main() begins, whether anybody wants it or not.
class Logger {
 public:
  ~Logger() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    thread_.join();
  }

 private:
  void work() {
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        if (stop_) return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::mutex mutex_;
  bool stop_ = false;
  std::thread thread_{[this] { work(); }};
};

Logger logger;

}  // namespace

namespace race_counter {
namespace {

struct CasCounter : Counter {
  std::atomic<std::int64_t> n{0};

  void increment() override {
    auto old = n.load();
    while (!n.compare_exchange_weak(old, old + 1)) {
    }
  }
  std::int64_t value() const override { return n.load(); }
};

struct CasBoundedCounter : BoundedCounter {
  explicit CasBoundedCounter(std::int64_t max) : max(max) {}

  bool try_increment() override {
    for (;;) {
      auto old = n.load(std::memory_order_acquire);
      if (old >= max) return false;
      if (n.compare_exchange_strong(old, old + 1, std::memory_order_acq_rel)) return true;
    }
  }
  bool try_decrement() override {
    for (;;) {
      auto old = n.load(std::memory_order_acquire);
      if (old <= 0) return false;
      if (n.compare_exchange_strong(old, old - 1, std::memory_order_acq_rel)) return true;
    }
  }
  std::int64_t value() const override { return n.load(std::memory_order_acquire); }

  std::int64_t max;
  std::atomic<std::int64_t> n{0};
};

struct SharedDocument : Document {
  explicit SharedDocument(std::string text) : now{std::move(text), 1} {}

  Snapshot read() const override {
    std::shared_lock lock(guard);
    return now;
  }
  bool try_save(std::uint64_t base, const std::string& text) override {
    std::unique_lock lock(guard);
    if (base != now.version) return false;
    now = Snapshot{text, base + 1};
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    auto base = read();
    while (!try_save(base.version, change(base.text))) base = read();
    return base.version + 1;
  }

  mutable std::shared_mutex guard;
  Snapshot now;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<CasCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative limit");
  return std::make_unique<CasBoundedCounter>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SharedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("no threads");
  std::vector<std::exception_ptr> errors(jobs);  // Each job writes only to its own place.
  std::atomic<std::size_t> counter{0};
  std::vector<std::jthread> pool;
  for (std::size_t t = 0; t < threads; ++t) {
    pool.emplace_back([&] {
      std::size_t i;
      while ((i = counter++) < jobs) {
        try {
          job(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      }
    });
  }
  pool.clear();
  for (auto& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
