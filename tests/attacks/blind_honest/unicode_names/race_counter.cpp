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

// Ein Zähler. Счётчик. 计数器. عداد. 🧮
class Zähler : public Counter {
 public:
  void increment() override {
    std::lock_guard schloß(Μutex_);
    ++счёт_;
  }
  std::int64_t value() const override {
    std::lock_guard schloß(Μutex_);
    return счёт_;
  }

 private:
  mutable std::mutex Μutex_;  // The first letter is a Greek capital My.
  std::int64_t счёт_ = 0;
};
using PlainCounter = Zähler;

class Größe : public BoundedCounter {
 public:
  explicit Größe(std::int64_t 上限) : 上限_(上限) {}
  bool try_increment() override {
    std::lock_guard 锁(互斥_);
    return 値_ < 上限_ ? (++値_, true) : false;
  }
  bool try_decrement() override {
    std::lock_guard 锁(互斥_);
    return 値_ > 0 ? (--値_, true) : false;
  }
  std::int64_t value() const override {
    std::lock_guard 锁(互斥_);
    return 値_;
  }
  [[maybe_unused]] static constexpr const char* übersetzt = "Obergrenze – 上限 – предел – “limit” \u2603 \U0001F600";

 private:
  mutable std::mutex 互斥_;
  std::int64_t 上限_, 値_ = 0;
};
using PlainBounded = Größe;

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
