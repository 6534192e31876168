#include "race_counter.hpp"

#include <semaphore.h>

#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {

namespace {

class Semaphore {
 public:
  Semaphore() { sem_init(&semaphore_, 0, 1); }
  ~Semaphore() { sem_destroy(&semaphore_); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  void acquire() {
    while (sem_wait(&semaphore_) != 0) {
    }
  }
  void release() { sem_post(&semaphore_); }

 private:
  sem_t semaphore_;
};

// A semaphore as a lock: acquired on construction, released on destruction.
class Turn {
 public:
  explicit Turn(Semaphore& semaphore) : semaphore_(semaphore) { semaphore_.acquire(); }
  ~Turn() { semaphore_.release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Semaphore& semaphore_;
};

}  // namespace

class PlainCounter : public Counter {
 public:
  void increment() override { ++value_; }
  std::int64_t value() const override { return value_; }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

class SemaphoreBoundedCounter : public BoundedCounter {
 public:
  SemaphoreBoundedCounter(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    Turn turn(semaphore_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    Turn turn(semaphore_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    Turn turn(semaphore_);
    return value_;
  }

 private:
  mutable Semaphore semaphore_;
  std::int64_t value_ = 0;
  std::int64_t limit_;
};

class SemaphoreDocument : public Document {
 public:
  SemaphoreDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    Turn turn(semaphore_);
    return Snapshot{text_, version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::string copy = text;  // The copy is made before the lock is taken.
    Turn turn(semaphore_);
    if (version_ != base_version) return false;
    text_.swap(copy);
    ++version_;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    bool saved = false;
    Snapshot base;
    while (!saved) {
      base = read();
      saved = try_save(base.version, change(base.text));
    }
    return base.version + 1;
  }

 private:
  mutable Semaphore semaphore_;
  std::string text_;
  std::uint64_t version_ = 1;
};

std::unique_ptr<Counter> make_counter() { return std::unique_ptr<Counter>(new PlainCounter); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("make_bounded_counter: limit " + std::to_string(limit));
  return std::unique_ptr<BoundedCounter>(new SemaphoreBoundedCounter(limit));
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::unique_ptr<Document>(new SemaphoreDocument(std::move(text)));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("run_on_threads: 0 threads");
  std::atomic_size_t next = 0;
  std::map<std::size_t, std::exception_ptr> errors;
  std::mutex errors_mutex;
  auto loop = [&] {
    std::size_t index;
    while ((index = next.fetch_add(1)) < jobs) {
      try {
        job(index);
      } catch (...) {
        std::unique_lock lock(errors_mutex);
        errors[index] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(loop);
  loop();
  for (auto& other : others) other.join();
  if (!errors.empty()) std::rethrow_exception(errors.begin()->second);
}

}  // namespace race_counter
