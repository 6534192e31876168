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
#include <cstddef>
#include <deque>

namespace race_counter {
namespace {

// Gives out pieces of 4 KiB blocks and frees them all at its end. One thread at a time.
class Arena {
 public:
  void* take(std::size_t size) {
    size = (size + 15) / 16 * 16;
    if (size > 4096) return big_.emplace_back(new std::byte[size]).get();
    if (blocks_.empty() || used_ + size > 4096) {
      blocks_.emplace_back(new std::byte[4096]);
      used_ = 0;
    }
    return blocks_.back().get() + std::exchange(used_, used_ + size);
  }

 private:
  std::deque<std::unique_ptr<std::byte[]>> blocks_, big_;
  std::size_t used_ = 0;
};

template <class T>
struct ArenaAllocator {
  using value_type = T;
  Arena* arena;
  explicit ArenaAllocator(Arena& a) noexcept : arena(&a) {}
  template <class U>
  ArenaAllocator(const ArenaAllocator<U>& other) noexcept : arena(other.arena) {}
  T* allocate(std::size_t n) { return static_cast<T*>(arena->take(n * sizeof(T))); }
  void deallocate(T*, std::size_t) noexcept {}
  template <class U>
  bool operator==(const ArenaAllocator<U>& other) const noexcept {
    return arena == other.arena;
  }
};

class SafeCounter final : public Counter {
 public:
  void increment() override {
    std::int64_t seen = value_.load(std::memory_order_relaxed);
    while (!value_.compare_exchange_weak(seen, seen + 1)) {
    }
  }
  std::int64_t value() const override { return value_; }

 private:
  std::atomic<std::int64_t> value_{0};
};

struct SafeBounded : BoundedCounter {
  explicit SafeBounded(std::int64_t l) : limit(l) {}
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

struct SafeDocument : Document {
  explicit SafeDocument(std::string t) : text(std::move(t)) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<SafeCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SafeBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SafeDocument>(std::move(text));
}

}  // namespace race_counter
// The arena serves the calling thread only; the workers write into what it has made.
namespace race_counter {

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("no threads");
  Arena arena;
  std::vector<std::exception_ptr, ArenaAllocator<std::exception_ptr>> errors(jobs, nullptr,
                                                                             ArenaAllocator<std::exception_ptr>(arena));
  std::vector<std::thread, ArenaAllocator<std::thread>> workers{ArenaAllocator<std::thread>(arena)};
  workers.reserve(std::min(threads, jobs));
  std::atomic<std::size_t> next{0};
  for (std::size_t i = 0; i < std::min(threads, jobs); ++i) {
    workers.emplace_back([&] {
      for (std::size_t j = next++; j < jobs; j = next++) {
        try {
          job(j);
        } catch (...) {
          errors[j] = std::current_exception();
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  for (auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
