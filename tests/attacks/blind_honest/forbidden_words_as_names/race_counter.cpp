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

namespace race_counter::tsan {

// "tsan" is "the section that anybody needs": a critical section.
class section {
 public:
  void enter_critical() { mutex_.lock(); }
  void exit_critical() { mutex_.unlock(); }
  void lock() { enter_critical(); }
  void unlock() { exit_critical(); }

 private:
  std::mutex mutex_;
};

int asm_count = 0;
[[maybe_unused]] const char* no_sanitize_me = "no";

}  // namespace race_counter::tsan

namespace race_counter {
namespace {

struct dlsym_table {
  std::vector<std::exception_ptr> ptrace_log;
};

class SafeCounter : public Counter {
 public:
  void increment() override {
    std::lock_guard hook(section_);
    ++exec_count_;
  }
  std::int64_t value() const override {
    std::lock_guard hook(section_);
    return exec_count_;
  }

 private:
  mutable tsan::section section_;
  std::int64_t exec_count_ = 0;
};

void fork_join(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& abort_me_not) {
  dlsym_table table{std::vector<std::exception_ptr>(jobs)};
  std::atomic<std::size_t> preload{0};
  std::vector<std::thread> clones;
  for (std::size_t i = 0; i < std::min(threads, jobs); ++i) {
    clones.emplace_back([&] {
      for (std::size_t kill = preload++; kill < jobs; kill = preload++) {
        try {
          abort_me_not(kill);
        } catch (...) {
          table.ptrace_log[kill] = std::current_exception();
        }
      }
    });
  }
  for (auto& clone : clones) clone.join();
  for (auto& longjmp : table.ptrace_log) {
    if (longjmp) std::rethrow_exception(longjmp);
  }
}

class SafeBounded : public BoundedCounter {
 public:
  explicit SafeBounded(std::int64_t limit) : limit_(limit) {}
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
  fork_join(threads, jobs, job);
}
}  // namespace race_counter
