#include "race_counter.hpp"

#include <pthread.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace race_counter {
namespace {

// First come, first served: draw a number and wait until it is called.
class TicketLock {
 public:
  void lock() noexcept {
    const unsigned ticket = next_.fetch_add(1, std::memory_order_relaxed);
    while (serving_.load(std::memory_order_acquire) != ticket) std::this_thread::yield();
  }
  void unlock() noexcept {
    serving_.store(serving_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

 private:
  std::atomic<unsigned> next_{0};
  std::atomic<unsigned> serving_{0};
};

using Guard = std::lock_guard<TicketLock>;

class TicketCounter : public Counter {
 public:
  void increment() override {
    Guard guard(lock_);
    value_++;
  }
  std::int64_t value() const override {
    Guard guard(lock_);
    return value_;
  }

 private:
  mutable TicketLock lock_;
  std::int64_t value_ = 0;
};

class TicketBounded : public BoundedCounter {
 public:
  explicit TicketBounded(std::int64_t limit) : limit_(static_cast<int>(limit)) {}
  bool try_increment() override {
    Guard guard(lock_);
    return value_ < limit_ ? (++value_, true) : false;
  }
  bool try_decrement() override {
    Guard guard(lock_);
    return value_ > 0 ? (--value_, true) : false;
  }
  std::int64_t value() const override {
    Guard guard(lock_);
    return value_;
  }

 private:
  mutable TicketLock lock_;
  int limit_;
  std::int64_t value_ = 0;
};

class TicketDocument : public Document {
 public:
  explicit TicketDocument(std::string text) : text_(std::move(text)) {}

  Snapshot read() const override {
    Guard guard(lock_);
    return Snapshot{text_, version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    Guard guard(lock_);
    if (base_version != version_) return false;
    text_ = text;
    version_ = base_version + 1;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base = read();
    while (!try_save(base.version, change(base.text))) base = read();
    return base.version + 1;
  }

 private:
  mutable TicketLock lock_;
  std::string text_;
  std::uint64_t version_ = 1;
};

struct Work {
  Work(std::size_t count, const std::function<void(std::size_t)>& what) : jobs(count), job(&what) {}
  std::size_t jobs;
  const std::function<void(std::size_t)>* job;
  std::atomic<std::size_t> next{0};
  TicketLock lock;
  std::size_t failed = 0;
  std::exception_ptr error;
};

extern "C" void* work_on_jobs(void* argument) {
  Work& work = *static_cast<Work*>(argument);
  for (;;) {
    const std::size_t number = work.next.fetch_add(1);
    if (number >= work.jobs) return nullptr;
    try {
      (*work.job)(number);
    } catch (...) {
      Guard guard(work.lock);
      if (!work.error || number < work.failed) {
        work.failed = number;
        work.error = std::current_exception();
      }
    }
  }
}

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::unique_ptr<Counter>(new TicketCounter); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative limit");
  return std::unique_ptr<BoundedCounter>(new TicketBounded(limit));
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::unique_ptr<Document>(new TicketDocument(std::move(text)));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("zero threads");
  Work work(jobs, job);
  std::vector<pthread_t> started;
  started.reserve(std::min(threads, jobs));
  int refused = 0;
  while (started.size() < std::min(threads, jobs) && refused == 0) {
    pthread_t thread;
    refused = pthread_create(&thread, nullptr, work_on_jobs, &work);
    if (refused == 0) started.push_back(thread);
  }
  for (pthread_t thread : started) pthread_join(thread, nullptr);
  if (started.empty() && refused != 0) throw std::system_error(refused, std::generic_category());
  if (work.error) std::rethrow_exception(work.error);
}

}  // namespace race_counter
