#include <atomic>
#include <latch>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "race_counter.hpp"

namespace {

class FlagLock {
  std::atomic_flag taken = ATOMIC_FLAG_INIT;

 public:
  void lock() {
    while (taken.test_and_set(std::memory_order_acquire)) taken.wait(true, std::memory_order_relaxed);
  }
  void unlock() {
    taken.clear(std::memory_order_release);
    taken.notify_one();
  }
};

// A value that can be reached only by whoever holds the lock.
template <class T>
class Locked {
  mutable FlagLock lock;
  T value;

 public:
  template <class... Args>
  explicit Locked(Args&&... args) : value{std::forward<Args>(args)...} {}

  template <class F>
  decltype(auto) with(F&& f) {
    std::scoped_lock guard(lock);
    return f(value);
  }
  template <class F>
  decltype(auto) with(F&& f) const {
    std::scoped_lock guard(lock);
    return f(value);
  }
};

struct FlagCounter : race_counter::Counter {
  Locked<std::int64_t> n{0};
  void increment() override {
    n.with([](auto& v) { ++v; });
  }
  std::int64_t value() const override {
    return n.with([](const auto& v) { return v; });
  }
};

struct FlagBounded : race_counter::BoundedCounter {
  const std::int64_t limit;
  Locked<std::int64_t> n{0};
  explicit FlagBounded(std::int64_t l) : limit(l) {}
  bool try_increment() override {
    return n.with([this](auto& v) {
      const bool room = v < limit;
      if (room) ++v;
      return room;
    });
  }
  bool try_decrement() override {
    return n.with([](auto& v) {
      const bool some = v > 0;
      if (some) --v;
      return some;
    });
  }
  std::int64_t value() const override {
    return n.with([](const auto& v) { return v; });
  }
};

struct FlagDocument : race_counter::Document {
  Locked<race_counter::Snapshot> now;
  explicit FlagDocument(std::string text) : now(std::move(text), std::uint64_t{1}) {}
  race_counter::Snapshot read() const override {
    return now.with([](const auto& snapshot) { return snapshot; });
  }
  bool try_save(std::uint64_t base, const std::string& text) override {
    return now.with([&](auto& snapshot) {
      if (snapshot.version != base) return false;
      snapshot.text = text;
      snapshot.version++;
      return true;
    });
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const auto [text, version] = read();
      const std::string changed = change(text);
      if (try_save(version, changed)) return read().version;
    }
  }
};

}  // namespace

std::unique_ptr<race_counter::Counter> race_counter::make_counter() {
  return std::make_unique<FlagCounter>();
}

std::unique_ptr<race_counter::BoundedCounter> race_counter::make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<FlagBounded>(limit);
}

std::unique_ptr<race_counter::Document> race_counter::make_document(std::string text) {
  return std::make_unique<FlagDocument>(std::move(text));
}

void race_counter::run_on_threads(std::size_t threads, std::size_t jobs,
                                  const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  const std::size_t workers = threads < jobs ? threads : jobs;
  std::vector<std::exception_ptr> thrown(jobs);
  Locked<std::size_t> next{std::size_t{0}};
  std::latch finished(static_cast<std::ptrdiff_t>(jobs));
  std::vector<std::jthread> pool;
  pool.reserve(workers);
  for (std::size_t w = 0; w < workers; ++w) {
    pool.emplace_back([&] {
      const auto take = [&]() -> std::optional<std::size_t> {
        return next.with([&](std::size_t& n) -> std::optional<std::size_t> {
          if (n == jobs) return std::nullopt;
          return n++;
        });
      };
      while (const auto number = take()) {
        try {
          job(*number);
        } catch (...) {
          thrown[*number] = std::current_exception();
        }
        finished.count_down();
      }
    });
  }
  finished.wait();
  pool.clear();  // Joins them: that the work is done does not mean that the threads have ended.
  for (auto& exception : thrown) {
    if (exception) std::rethrow_exception(exception);
  }
}
