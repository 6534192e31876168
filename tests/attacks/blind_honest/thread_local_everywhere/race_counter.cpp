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
#include <random>

namespace race_counter {
namespace {

std::atomic<unsigned> threads_seen{0};
thread_local const unsigned my_number = threads_seen++;
thread_local std::string scratch;
thread_local std::minstd_rand my_random{my_number + 1};
thread_local struct Farewell {
  int calls = 0;
  ~Farewell() { scratch.clear(); }
} farewell;

class PlainCounter : public Counter {
 public:
  void increment() override {
    ++farewell.calls;
    shards_[my_random() % kShards].fetch_add(1);
  }
  std::int64_t value() const override {
    std::int64_t sum = 0;
    for (const auto& shard : shards_) sum += shard.load();
    return sum;
  }

 private:
  static constexpr unsigned kShards = 4;
  std::atomic<std::int64_t> shards_[kShards] = {};
};

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    std::lock_guard lock(mutex_);
    return {text_, version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    scratch = text;  // Outside the lock; under it only a swap.
    std::lock_guard lock(mutex_);
    if (base_version != version_) return false;
    text_.swap(scratch);
    ++version_;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (Snapshot base = read();; base = read()) {
      const std::string text = change(base.text);
      if (try_save(base.version, text)) return base.version + 1;
    }
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::uint64_t version_ = 1;
};

class PlainBounded : public BoundedCounter {
 public:
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
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

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
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
