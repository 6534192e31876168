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

class SimpleCounter : public Counter {
 public:
  void increment() override { __atomic_fetch_add(&value_, 1, __ATOMIC_SEQ_CST); }
  std::int64_t value() const override { return __atomic_load_n(&value_, __ATOMIC_SEQ_CST); }

 private:
  std::int64_t value_ = 0;
};

class SimpleBounded : public BoundedCounter {
 public:
  explicit SimpleBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    for (;;) {
      const std::int64_t seen = value();
      if (__builtin_expect(seen == limit_, 0)) return false;
      if (__sync_bool_compare_and_swap(&value_, seen, seen + 1)) return true;
      __builtin_ia32_pause();
    }
  }
  bool try_decrement() override {
    for (;;) {
      const std::int64_t seen = value();
      if (__builtin_expect(seen == 0, 0)) return false;
      if (__sync_bool_compare_and_swap(&value_, seen, seen - 1)) return true;
      __builtin_ia32_pause();
    }
  }
  std::int64_t value() const override { return __atomic_load_n(&value_, __ATOMIC_ACQUIRE); }

 private:
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

class SimpleDocument : public Document {
 public:
  explicit SimpleDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<SimpleCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SimpleBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SimpleDocument>(std::move(text));
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
