#include "race_counter.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace race_counter {
namespace {

// A value that can only be touched under its lock.
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}
  template <class Use>
  auto with(Use use) {
    std::lock_guard lock(mutex_);
    return use(value_);
  }
  template <class Use>
  auto with(Use use) const {
    std::lock_guard lock(mutex_);
    return use(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

class GuardedCounter final : public Counter {
 public:
  void increment() override {
    count_.with([](auto& count) { ++count; });
  }
  std::int64_t value() const override {
    return count_.with([](const auto& count) { return count; });
  }

 private:
  Guarded<std::int64_t> count_;
};

class GuardedBoundedCounter final : public BoundedCounter {
 public:
  explicit GuardedBoundedCounter(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    return count_.with([this](auto& count) {
      if (count >= limit_) return false;
      ++count;
      return true;
    });
  }
  bool try_decrement() override {
    return count_.with([](auto& count) {
      if (count <= 0) return false;
      --count;
      return true;
    });
  }
  std::int64_t value() const override {
    return count_.with([](const auto& count) { return count; });
  }

 private:
  const std::int64_t limit_;
  Guarded<std::int64_t> count_;
};

class GuardedDocument final : public Document {
 public:
  explicit GuardedDocument(std::string text) : present_(Snapshot{std::move(text), 1}) {}
  Snapshot read() const override {
    return present_.with([](const Snapshot& present) { return present; });
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    return present_.with([&](Snapshot& present) {
      if (present.version != base_version) return false;
      present = {text, base_version + 1};
      return true;
    });
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const auto [text, version] = read();
      if (try_save(version, change(text))) return version + 1;
    }
  }

 private:
  Guarded<Snapshot> present_;
};

class JobQueue {
 public:
  void push(std::size_t number) {
    {
      std::lock_guard lock(mutex_);
      numbers_.push_back(number);
    }
    changed_.notify_one();
  }
  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }
  bool pop(std::size_t& number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !numbers_.empty(); });
    if (numbers_.empty()) return false;
    number = numbers_.front();
    numbers_.pop_front();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> numbers_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<GuardedCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<GuardedBoundedCounter>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<GuardedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  JobQueue queue;
  Guarded<std::pair<std::size_t, std::exception_ptr>> failure;
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (std::size_t number = 0; queue.pop(number);) {
        try {
          job(number);
        } catch (...) {
          failure.with([number](auto& first) {
            if (!first.second || number < first.first) first = {number, std::current_exception()};
          });
        }
      }
    });
  }
  for (std::size_t number = 0; number < jobs; ++number) queue.push(number);
  queue.close();
  for (std::thread& worker : workers) worker.join();
  failure.with([](auto& first) {
    if (first.second) std::rethrow_exception(first.second);
  });
}

}  // namespace race_counter
