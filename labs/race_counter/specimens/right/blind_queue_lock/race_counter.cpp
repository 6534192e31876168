#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include "race_counter.hpp"

namespace race_counter {
namespace {

class QueueLock {
 public:
  // A place in the queue. Lives on the stack of whoever holds the lock or waits for it.
  class Place {
   public:
    explicit Place(QueueLock& lock) : lock_(lock) {
      Place* before = lock_.last_.exchange(this, std::memory_order_acq_rel);
      if (before == nullptr) return;
      before->after_.store(this, std::memory_order_release);
      while (wait_.load(std::memory_order_acquire)) std::this_thread::yield();
    }
    ~Place() {
      Place* after = after_.load(std::memory_order_acquire);
      if (after == nullptr) {
        Place* me = this;
        if (lock_.last_.compare_exchange_strong(me, nullptr, std::memory_order_acq_rel)) return;
        // Somebody stands in the queue but has not yet said who.
        while ((after = after_.load(std::memory_order_acquire)) == nullptr) std::this_thread::yield();
      }
      after->wait_.store(false, std::memory_order_release);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    QueueLock& lock_;
    std::atomic<Place*> after_{nullptr};
    std::atomic<bool> wait_{true};
  };

 private:
  std::atomic<Place*> last_{nullptr};
};

class QueueCounter : public Counter {
  mutable QueueLock lock_;
  std::int64_t value_ = 0;

 public:
  void increment() override {
    QueueLock::Place place(lock_);
    ++value_;
  }
  std::int64_t value() const override {
    QueueLock::Place place(lock_);
    return value_;
  }
};

class QueueBounded : public BoundedCounter {
  mutable QueueLock lock_;
  std::int64_t value_ = 0;
  std::int64_t limit_;

 public:
  explicit QueueBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    QueueLock::Place place(lock_);
    if (value_ >= limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    QueueLock::Place place(lock_);
    if (value_ <= 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    QueueLock::Place place(lock_);
    return value_;
  }
};

class QueueDocument : public Document {
  mutable QueueLock lock_;
  std::string text_;
  std::uint64_t version_ = 1;

 public:
  explicit QueueDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    QueueLock::Place place(lock_);
    return {text_, version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    QueueLock::Place place(lock_);
    if (version_ != base_version) return false;
    text_ = text;
    ++version_;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    std::string before, after;
    std::uint64_t base;
    while (true) {
      {
        QueueLock::Place place(lock_);
        before = text_;
        base = version_;
      }
      after = change(before);
      {
        QueueLock::Place place(lock_);
        if (version_ == base) {
          text_ = std::move(after);
          return ++version_;
        }
      }
    }
  }
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<QueueCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit is negative");
  return std::make_unique<QueueBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<QueueDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads is 0");
  QueueLock lock;
  std::size_t next = 0;
  std::vector<std::exception_ptr> errors(jobs);

  struct Crew {
    std::vector<std::thread> threads;
    ~Crew() {
      for (std::thread& thread : threads) thread.join();
    }
  };
  {
    Crew crew;
    crew.threads.reserve(std::min(threads, jobs));
    for (std::size_t i = 0; i < std::min(threads, jobs); ++i) {
      crew.threads.emplace_back([&] {
        while (true) {
          std::size_t mine = jobs;
          {
            QueueLock::Place place(lock);
            if (next == jobs) return;
            mine = next++;
          }
          try {
            job(mine);
          } catch (...) {
            errors[mine] = std::current_exception();
          }
        }
      });
    }
  }
  for (auto& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
