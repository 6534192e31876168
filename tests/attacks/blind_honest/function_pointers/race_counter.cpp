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

class PlainBounded : public BoundedCounter {
 public:
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override { return perform(&PlainBounded::up); }
  bool try_decrement() override { return perform(&PlainBounded::down); }
  std::int64_t value() const override {
    std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  using Action = bool (PlainBounded::*)();
  bool perform(Action action) {
    std::lock_guard lock(mutex_);
    return (this->*action)();
  }
  bool up() { return value_ < limit_ && ++value_; }
  bool down() { return value_ > 0 && (--value_, true); }
  mutable std::mutex mutex_;
  std::int64_t limit_, value_ = 0;
};

struct Plan {
  std::size_t jobs;
  void (*call)(const void* job, std::size_t number);
  const void* job;
  std::atomic<std::size_t> next;
  std::vector<std::exception_ptr> errors;
};

void carry_out(Plan* plan) {
  for (std::size_t i = plan->next++; i < plan->jobs; i = plan->next++) {
    try {
      plan->call(plan->job, i);
    } catch (...) {
      plan->errors[i] = std::current_exception();
    }
  }
}

class PlainCounter : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};

struct PlainDocument : Document {
  explicit PlainDocument(std::string t) : text(std::move(t)) {}
  Snapshot read() const override {
    std::shared_lock lock(mutex);
    return {text, version};
  }
  bool try_save(std::uint64_t base, const std::string& newer) override {
    std::unique_lock lock(mutex);
    if (base != version) return false;
    text = newer;
    version += 1;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base = read();
    while (!try_save(base.version, change(base.text))) base = read();
    return base.version + 1;
  }
  mutable std::shared_mutex mutex;
  std::string text;
  std::uint64_t version = 1;
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
  Plan plan{jobs,
            [](const void* what, std::size_t i) { (*static_cast<const std::function<void(std::size_t)>*>(what))(i); },
            &job, {0}, std::vector<std::exception_ptr>(jobs)};
  void (*const body)(Plan*) = carry_out;
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) workers.emplace_back(body, &plan);
  for (auto& worker : workers) worker.join();
  for (auto& error : plan.errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
