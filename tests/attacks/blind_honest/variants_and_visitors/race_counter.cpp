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
#include <variant>

namespace race_counter {
namespace {

struct Up {};
struct Down {};
struct Ask {};
using Request = std::variant<Up, Down, Ask>;
template <class... F>
struct Match : F... {
  using F::operator()...;
};
template <class... F>
Match(F...) -> Match<F...>;

class MyBounded : public BoundedCounter {
 public:
  explicit MyBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override { return answer(Up{}) != kRefused; }
  bool try_decrement() override { return answer(Down{}) != kRefused; }
  std::int64_t value() const override { return answer(Ask{}); }

 private:
  static constexpr std::int64_t kRefused = -1;
  std::int64_t answer(const Request& request) const {
    std::lock_guard lock(mutex_);
    return std::visit(Match{[this](Up) { return value_ == limit_ ? kRefused : ++value_; },
                            [this](Down) { return value_ == 0 ? kRefused : --value_; },
                            [this](Ask) { return value_; }},
                      request);
  }
  const std::int64_t limit_;
  mutable std::mutex mutex_;
  mutable std::int64_t value_ = 0;
};

class MyCounter : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};

struct MyDocument : Document {
  explicit MyDocument(std::string t) : text(std::move(t)) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<MyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<MyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<MyDocument>(std::move(text));
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
