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
#include <errno.h>
#include <semaphore.h>

namespace race_counter {
namespace {

class SafeCounter : public Counter {
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

struct SafeBounded : BoundedCounter {
  explicit SafeBounded(std::int64_t l) : limit(l) {}
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

class SafeDocument : public Document {
 public:
  explicit SafeDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<SafeCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SafeBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SafeDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  sem_t ended;
  sem_init(&ended, 0, 0);
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> errors(jobs);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < std::min(threads, jobs); ++i) {
    workers.emplace_back([&] {
      for (std::size_t mine = next++; mine < jobs; mine = next++) {
        try {
          job(mine);
        } catch (...) {
          errors[mine] = std::current_exception();
        }
        sem_post(&ended);
      }
    });
  }
  for (std::size_t i = 0; i < jobs; ++i) {
    while (sem_wait(&ended) != 0 && errno == EINTR) {
    }
  }
  for (auto& worker : workers) worker.join();
  sem_destroy(&ended);
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
