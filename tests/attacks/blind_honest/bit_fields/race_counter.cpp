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

namespace race_counter {
namespace {

class OwnDocument : public Document {
 public:
  explicit OwnDocument(std::string text) : text_(std::move(text)) { describe(); }
  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return {text_, state_.version};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::lock_guard lock(mutex_);
    if (state_.version != base_version) return false;
    text_ = text;
    state_.version = base_version + 1;
    describe();
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base;
    do {
      base = read();
    } while (!try_save(base.version, change(base.text)));
    return base.version + 1;
  }

 private:
  void describe() {
    state_.empty = text_.empty();
    state_.has_newline = text_.find('\n') != std::string::npos;
  }
  struct State {
    std::uint64_t version : 62;
    std::uint64_t empty : 1;
    std::uint64_t has_newline : 1;
  };
  mutable std::mutex mutex_;
  std::string text_;
  State state_{1, 0, 0};
};

struct OwnCounter : Counter {
  void increment() override {
    std::unique_lock lock(mutex);
    count += 1;
  }
  std::int64_t value() const override {
    std::shared_lock lock(mutex);
    return count;
  }
  mutable std::shared_mutex mutex;
  std::int64_t count = 0;
};

struct OwnBounded : BoundedCounter {
  explicit OwnBounded(std::int64_t l) : limit(l) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<OwnCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<OwnBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<OwnDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs; i = next++) {
      try {
        job(i);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(threads, jobs); ++i) workers.emplace_back(work);
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
