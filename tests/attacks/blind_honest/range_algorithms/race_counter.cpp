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
#include <numeric>
#include <ranges>

namespace race_counter {
namespace {

class SimpleCounter : public Counter {
 public:
  void increment() override {
    const auto mine = std::hash<std::thread::id>{}(std::this_thread::get_id()) % shards_.size();
    shards_[mine].fetch_add(1);
  }
  std::int64_t value() const override {
    std::int64_t sum = 0;
    std::ranges::for_each(shards_, [&sum](const auto& shard) { sum += shard.load(); });
    return sum;
  }

 private:
  std::vector<std::atomic<std::int64_t>> shards_ = std::vector<std::atomic<std::int64_t>>(5);
};

struct SimpleBounded : BoundedCounter {
  explicit SimpleBounded(std::int64_t l) : limit(l) {}
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


}  // namespace race_counter
namespace race_counter {
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
  std::vector<std::thread> workers;
  while (workers.size() < std::min(threads, jobs)) {
    workers.emplace_back([&] {
      for (auto i = next++; i < jobs; i = next++) {
        try {
          job(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      }
    });
  }
  std::ranges::for_each(workers, &std::thread::join);
  const auto first = std::ranges::find_if(errors, [](const auto& error) { return error != nullptr; });
  if (first != errors.end()) std::rethrow_exception(*first);
}

}  // namespace race_counter
