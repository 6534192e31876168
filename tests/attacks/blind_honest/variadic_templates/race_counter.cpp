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
#include <sstream>
#include <tuple>

namespace race_counter {
namespace {

template <class F, class... Mutexes>
decltype(auto) holding(F&& f, Mutexes&... mutexes) {
  std::scoped_lock lock(mutexes...);
  return std::forward<F>(f)();
}

template <class... Args>
std::string concat(const Args&... args) {
  std::ostringstream out;
  (void)std::initializer_list<int>{(out << args, 0)...};
  return out.str();
}

template <std::size_t... I>
constexpr auto squares(std::index_sequence<I...>) {
  return std::tuple{I * I...};
}
static_assert(std::get<3>(squares(std::make_index_sequence<5>{})) == 9);

class BasicCounter : public Counter {
 public:
  void increment() override {
    holding([this] { ++n_; }, mutex_);
  }
  std::int64_t value() const override {
    return holding([this] { return n_; }, mutex_);
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t n_ = 0;
};

class BasicBounded : public BoundedCounter {
 public:
  explicit BasicBounded(std::int64_t limit) : limit_(limit) {}
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

class BasicDocument : public Document {
 public:
  explicit BasicDocument(std::string text) : now_(std::make_shared<const Snapshot>(Snapshot{std::move(text), 1})) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<BasicCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument(concat("limit: ", limit, " < ", 0));
  return std::make_unique<BasicBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<BasicDocument>(std::move(text));
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
