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
#include <set>

namespace race_counter {
namespace {

class Registry {
 public:
  static Registry& instance() {
    static Registry* const only = new Registry;  // Never destroyed: others may outlive it otherwise.
    return *only;
  }
  void enter(const void* object) {
    std::lock_guard lock(mutex_);
    living_.insert(object);
  }
  void leave(const void* object) {
    std::lock_guard lock(mutex_);
    living_.erase(object);
  }

 private:
  Registry() = default;
  std::mutex mutex_;
  std::set<const void*> living_;
};

template <class Base>
class Registered : public Base {
 public:
  template <class... A>
  explicit Registered(A&&... a) : Base(std::forward<A>(a)...) {
    Registry::instance().enter(this);
  }
  ~Registered() override { Registry::instance().leave(this); }
};

struct SmallCounter : Counter {
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

class SmallBounded : public BoundedCounter {
 public:
  explicit SmallBounded(std::int64_t limit) : limit_(limit) {}
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

class SmallDocument : public Document {
 public:
  explicit SmallDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
  Snapshot read() const override { return *std::atomic_load(&now_); }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    auto base = std::atomic_load(&now_);
    return base->version == base_version && swap_in(base, text);
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      auto base = std::atomic_load(&now_);
      const std::uint64_t mine = base->version + 1;
      if (swap_in(base, change(base->text))) return mine;
    }
  }

 private:
  bool swap_in(std::shared_ptr<const Snapshot>& base, const std::string& text) {
    std::shared_ptr<const Snapshot> next = std::make_shared<const Snapshot>(Snapshot{text, base->version + 1});
    return std::atomic_compare_exchange_strong(&now_, &base, next);
  }
  std::shared_ptr<const Snapshot> now_;
};

}  // namespace


}  // namespace race_counter
namespace race_counter {

std::unique_ptr<Counter> make_counter() { return std::make_unique<Registered<SmallCounter>>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<Registered<SmallBounded>>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<Registered<SmallDocument>>(std::move(text));
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
