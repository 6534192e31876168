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
#include <limits.h>
#include <pthread.h>

#include <system_error>

namespace race_counter {
namespace {

struct PosixMutex {
  mutable pthread_mutex_t handle = PTHREAD_MUTEX_INITIALIZER;
  ~PosixMutex() { pthread_mutex_destroy(&handle); }
  void lock() const { pthread_mutex_lock(&handle); }
  void unlock() const { pthread_mutex_unlock(&handle); }
};

class PlainCounter : public Counter {
 public:
  void increment() override {
    mutex_.lock();
    ++value_;
    mutex_.unlock();
  }
  std::int64_t value() const override {
    mutex_.lock();
    const std::int64_t copy = value_;
    mutex_.unlock();
    return copy;
  }

 private:
  PosixMutex mutex_;
  std::int64_t value_ = 0;
};

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : text_(std::move(text)) { pthread_rwlock_init(&lock_, nullptr); }
  ~PlainDocument() override { pthread_rwlock_destroy(&lock_); }
  Snapshot read() const override {
    pthread_rwlock_rdlock(&lock_);
    Snapshot now{text_, version_};
    pthread_rwlock_unlock(&lock_);
    return now;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    pthread_rwlock_wrlock(&lock_);
    const bool present = base_version == version_;
    if (present) {
      text_ = text;
      ++version_;
    }
    pthread_rwlock_unlock(&lock_);
    return present;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  mutable pthread_rwlock_t lock_;
  std::string text_;
  std::uint64_t version_ = 1;
};

struct Batch {
  const std::function<void(std::size_t)>& job;
  std::size_t jobs;
  std::size_t next = 0;
  std::map<std::size_t, std::exception_ptr> thrown = {};
  PosixMutex mutex = {};
};

extern "C" {
static void* batch_worker(void* argument) {
  Batch* batch = static_cast<Batch*>(argument);
  std::unique_lock lock(batch->mutex);
  while (batch->next < batch->jobs) {
    const std::size_t mine = batch->next++;
    std::exception_ptr thrown;
    lock.unlock();
    try {
      batch->job(mine);
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    if (thrown) batch->thrown[mine] = thrown;
  }
  return nullptr;
}
}

struct PlainBounded : BoundedCounter {
  explicit PlainBounded(std::int64_t l) : limit(l) {}
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

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
}

}  // namespace race_counter
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  Batch batch{job, jobs};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  std::vector<pthread_t> started(std::min(threads, jobs));
  for (pthread_t& thread : started) {
    if (const int error = pthread_create(&thread, &attributes, batch_worker, &batch)) {
      std::fprintf(stderr, "pthread_create: %s\n", std::generic_category().message(error).c_str());
      std::abort();
    }
  }
  pthread_attr_destroy(&attributes);
  for (pthread_t thread : started) pthread_join(thread, nullptr);
  if (!batch.thrown.empty()) std::rethrow_exception(batch.thrown.begin()->second);
}

}  // namespace race_counter
