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
#include <array>
#include <bit>

namespace race_counter {
namespace {

enum class Step : std::size_t { down, up };

consteval std::array<std::int64_t, 2> steps() { return {-1, +1}; }
constinit const auto kSteps = steps();

constexpr std::array<unsigned char, 256> kBits = [] {
  std::array<unsigned char, 256> bits{};
  for (unsigned i = 0; i < 256; ++i) bits[i] = static_cast<unsigned char>(std::popcount(i));
  return bits;
}();
static_assert(kBits[255] == 8);

class EasyBounded : public BoundedCounter {
 public:
  explicit EasyBounded(std::int64_t limit) : ends_{0, limit} {}
  bool try_increment() override { return go(Step::up); }
  bool try_decrement() override { return go(Step::down); }
  std::int64_t value() const override { return value_; }

 private:
  bool go(Step step) {
    const auto index = static_cast<std::size_t>(step);
    std::int64_t seen = value_;
    do {
      if (seen == ends_[index]) return false;
    } while (!value_.compare_exchange_weak(seen, seen + kSteps[index]));
    return true;
  }
  const std::array<std::int64_t, 2> ends_;
  std::atomic<std::int64_t> value_{0};
};

class EasyCounter : public Counter {
 public:
  void increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++value_;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t value_ = 0;
};

class EasyDocument : public Document {
 public:
  explicit EasyDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }

 private:
  mutable std::mutex mutex_;
  Snapshot now_;
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
