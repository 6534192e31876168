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
#include <type_traits>

namespace race_counter {
namespace {

struct WithMutex {
  template <class T>
  class Cell {
   public:
    explicit Cell(T value) : value_(std::move(value)) {}
    template <class F>
    auto apply(F&& f) {
      std::lock_guard lock(mutex_);
      return std::forward<F>(f)(value_);
    }

   private:
    std::mutex mutex_;
    T value_;
  };
};

template <int By>
struct Step {
  template <class Bound>
  static bool take(std::int64_t& value, const Bound& bound) {
    if (!bound(value + By)) return false;
    value += By;
    return true;
  }
};

template <class... Bounds>
struct All : Bounds... {
  explicit All(Bounds... bounds) : Bounds(std::move(bounds))... {}
  bool operator()(std::int64_t v) const { return (Bounds::operator()(v) && ...); }
};
template <class... B>
All(B...) -> All<B...>;

template <class Policy>
class CounterOf : public Counter {
 public:
  void increment() override {
    cell_.apply([](auto& v) { ++v; });
  }
  std::int64_t value() const override {
    return cell_.apply([](auto& v) { return v; });
  }

 private:
  mutable typename Policy::template Cell<std::int64_t> cell_{0};
};
using BasicCounter = CounterOf<WithMutex>;

template <class Policy, class Bound>
class BoundedOf : public BoundedCounter {
 public:
  explicit BoundedOf(Bound bound) : bound_(std::move(bound)) {}
  bool try_increment() override {
    return cell_.apply([this](auto& v) { return Step<+1>::take(v, bound_); });
  }
  bool try_decrement() override {
    return cell_.apply([this](auto& v) { return Step<-1>::take(v, bound_); });
  }
  std::int64_t value() const override {
    return cell_.apply([](auto& v) { return v; });
  }

 private:
  Bound bound_;
  mutable typename Policy::template Cell<std::int64_t> cell_{0};
};

auto between(std::int64_t low, std::int64_t high) {
  return All{[low](std::int64_t v) { return v >= low; }, [high](std::int64_t v) { return v <= high; }};
}

struct BasicDocument : Document {
  explicit BasicDocument(std::string t) : text(std::move(t)) {}
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


}  // namespace race_counter
namespace race_counter {

std::unique_ptr<Counter> make_counter() { return std::make_unique<BasicCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  using Bound = decltype(between(0, 0));
  return std::make_unique<BoundedOf<WithMutex, Bound>>(between(0, limit));
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<BasicDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads == 0");
  std::vector<std::packaged_task<void()>> tasks;
  std::vector<std::future<void>> ends;
  for (std::size_t i = 0; i < jobs; ++i) {
    tasks.emplace_back([&job, i] { job(i); });
    ends.push_back(tasks.back().get_future());
  }
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
      workers.emplace_back([&] {
        for (std::size_t i; (i = next.fetch_add(1)) < jobs;) tasks[i]();
      });
    }
  }
  for (auto& end : ends) end.get();
}

}  // namespace race_counter
