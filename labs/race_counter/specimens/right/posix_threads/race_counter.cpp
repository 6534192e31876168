#include "race_counter.hpp"

#include <pthread.h>

#include <exception>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace race_counter {
namespace {

class Lock {
 public:
  explicit Lock(pthread_mutex_t* mutex) : mutex_(mutex) { pthread_mutex_lock(mutex_); }
  ~Lock() { pthread_mutex_unlock(mutex_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  pthread_mutex_t* mutex_;
};

class PosixCounter : public Counter {
 public:
  ~PosixCounter() override { pthread_mutex_destroy(&mutex_); }
  void increment() override {
    pthread_mutex_lock(&mutex_);
    value_++;
    pthread_mutex_unlock(&mutex_);
  }
  std::int64_t value() const override {
    pthread_mutex_lock(&mutex_);
    const std::int64_t value = value_;
    pthread_mutex_unlock(&mutex_);
    return value;
  }

 private:
  mutable pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  std::int64_t value_ = 0;
};

class PosixBoundedCounter : public BoundedCounter {
 public:
  explicit PosixBoundedCounter(std::int64_t limit) : limit_(limit) {}
  ~PosixBoundedCounter() override { pthread_mutex_destroy(&mutex_); }
  bool try_increment() override {
    Lock lock(&mutex_);
    const bool room = value_ < limit_;
    if (room) value_++;
    return room;
  }
  bool try_decrement() override {
    Lock lock(&mutex_);
    const bool some = value_ > 0;
    if (some) value_--;
    return some;
  }
  std::int64_t value() const override {
    Lock lock(&mutex_);
    return value_;
  }

 private:
  mutable pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  std::int64_t value_ = 0;
  const std::int64_t limit_;
};

class PosixDocument : public Document {
 public:
  explicit PosixDocument(const std::string& text) : text_(text) { pthread_rwlock_init(&lock_, nullptr); }
  ~PosixDocument() override { pthread_rwlock_destroy(&lock_); }
  Snapshot read() const override {
    pthread_rwlock_rdlock(&lock_);
    Snapshot copy{text_, version_};
    pthread_rwlock_unlock(&lock_);
    return copy;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    pthread_rwlock_wrlock(&lock_);
    const bool current = base_version == version_;
    if (current) {
      text_ = text;
      version_++;
    }
    pthread_rwlock_unlock(&lock_);
    return current;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base;
    std::string text;
    do {
      base = read();
      text = change(base.text);
    } while (!try_save(base.version, text));
    return base.version + 1;
  }

 private:
  mutable pthread_rwlock_t lock_;
  std::string text_;
  std::uint64_t version_ = 1;
};

struct Work {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  std::size_t next = 0;
  std::size_t jobs = 0;
  std::size_t failed = 0;
  std::exception_ptr error;
  const std::function<void(std::size_t)>* job = nullptr;
};

void* work_off(void* argument) {
  Work& work = *static_cast<Work*>(argument);
  while (true) {
    pthread_mutex_lock(&work.mutex);
    const std::size_t number = work.next;
    if (number < work.jobs) work.next++;
    pthread_mutex_unlock(&work.mutex);
    if (number >= work.jobs) return nullptr;
    try {
      (*work.job)(number);
    } catch (...) {
      Lock lock(&work.mutex);
      if (!work.error || number < work.failed) {
        work.failed = number;
        work.error = std::current_exception();
      }
    }
  }
}

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PosixCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PosixBoundedCounter>(limit);
}
std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<PosixDocument>(text); }

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  Work work;
  work.jobs = jobs;
  work.job = &job;
  std::vector<pthread_t> ids;
  int failure = 0;
  for (std::size_t i = 0; i < threads && i < jobs && failure == 0; ++i) {
    pthread_t id;
    failure = pthread_create(&id, nullptr, work_off, &work);
    if (failure == 0) ids.push_back(id);
  }
  for (pthread_t id : ids) pthread_join(id, nullptr);
  pthread_mutex_destroy(&work.mutex);
  if (failure != 0) throw std::system_error(failure, std::generic_category(), "pthread_create");
  if (work.error) std::rethrow_exception(work.error);
}

}  // namespace race_counter
