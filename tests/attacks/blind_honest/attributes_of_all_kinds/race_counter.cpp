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

class [[gnu::visibility("hidden")]] EasyCounter final : public Counter {
 public:
  [[gnu::hot, gnu::noinline]] void increment() override { add(1); }
  [[nodiscard, gnu::flatten]] std::int64_t value() const override { return load(); }
  [[deprecated("use increment()")]] void inc() { increment(); }

 private:
  [[gnu::always_inline]] inline void add(std::int64_t by) noexcept { value_.fetch_add(by); }
  [[gnu::always_inline, nodiscard]] inline std::int64_t load() const noexcept { return value_.load(); }
  alignas(64) std::atomic<std::int64_t> value_{0};
  [[maybe_unused]] char padding_[64 - sizeof(std::atomic<std::int64_t>)] = {};
};

class __attribute__((aligned(128))) EasyBounded final : public BoundedCounter {
 public:
  explicit EasyBounded(std::int64_t limit) noexcept : limit_{limit} {}
  __attribute__((hot)) bool try_increment() override {
    auto seen = value_.load();
    while (seen < limit_) [[likely]] {
      if (value_.compare_exchange_weak(seen, seen + 1)) [[likely]]
        return true;
    }
    return full();
  }
  __attribute__((hot, optimize("O2"))) bool try_decrement() override {
    auto seen = value_.load();
    while (__builtin_expect(seen > 0, 1)) {
      if (value_.compare_exchange_weak(seen, seen - 1)) return true;
    }
    return full();
  }
  std::int64_t value() const override { return value_.load(); }

 private:
  [[gnu::cold, gnu::noinline, gnu::const]] static bool full() { return false; }
  const std::int64_t limit_;
  std::atomic<std::int64_t> value_{0};
};

class EasyDocument : public Document {
 public:
  explicit EasyDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<EasyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<EasyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<EasyDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("run_on_threads: no threads");
  std::mutex mutex;
  std::size_t next = 0, worst = jobs;
  std::exception_ptr error;
  auto work = [&] {
    std::unique_lock lock(mutex);
    while (next < jobs) {
      const std::size_t mine = next++;
      lock.unlock();
      std::exception_ptr caught;
      try {
        job(mine);
      } catch (...) {
        caught = std::current_exception();
      }
      lock.lock();
      if (caught && mine < worst) {
        worst = mine;
        error = caught;
      }
    }
  };
  std::vector<std::thread> team;
  while (team.size() < threads && team.size() < jobs) team.emplace_back(work);
  for (auto& member : team) member.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
