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
#include <concepts>

namespace race_counter {
namespace {

template <class L>
concept Lockable = requires(L lock) {
  { lock.lock() } -> std::same_as<void>;
  { lock.unlock() } -> std::same_as<void>;
};

template <std::integral Number, Lockable Lock = std::mutex>
class Protected {
 public:
  auto with(std::invocable<Number&> auto&& f) const requires(!std::is_const_v<Number>) {
    std::lock_guard guard(lock_);
    return f(number_);
  }

 private:
  mutable Lock lock_;
  mutable Number number_{};
};

class OwnCounter : public Counter {
 public:
  void increment() override {
    number_.with([](std::int64_t& n) { ++n; });
  }
  std::int64_t value() const override {
    return number_.with([](std::int64_t& n) { return n; });
  }

 private:
  Protected<std::int64_t> number_;
};

class OwnBounded : public BoundedCounter {
 public:
  explicit OwnBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    return number_.with([this](std::int64_t& n) { return n < limit_ ? (++n, true) : false; });
  }
  bool try_decrement() override {
    return number_.with([](std::int64_t& n) { return n > 0 ? (--n, true) : false; });
  }
  std::int64_t value() const override {
    return number_.with([](std::int64_t& n) { return n; });
  }

 private:
  const std::int64_t limit_;
  Protected<std::int64_t> number_;
};

struct OwnDocument : Document {
  explicit OwnDocument(std::string t) : text(std::move(t)) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<OwnCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<OwnBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<OwnDocument>(std::move(text));
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
