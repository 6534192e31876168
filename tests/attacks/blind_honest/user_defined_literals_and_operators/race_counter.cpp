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

constexpr std::int64_t operator""_times(unsigned long long n) { return static_cast<std::int64_t>(n); }

template <class T>
class Guarded {
 public:
  class Access {
   public:
    Access(std::mutex& mutex, T& value) : lock_(mutex), value_(value) {}
    T* operator->() { return &value_; }
    T& operator*() { return value_; }

   private:
    std::unique_lock<std::mutex> lock_;
    T& value_;
  };
  Access operator->() { return {mutex_, value_}; }
  Access operator*() { return {mutex_, value_}; }
  template <class F>
  auto operator<<(F f) {
    std::lock_guard lock(mutex_);
    return f(value_);
  }

 private:
  std::mutex mutex_;
  T value_{};
};

struct Number {
  std::int64_t n = 0_times;
  void add(std::int64_t by) { n += by; }
  std::int64_t get() const { return n; }
};

class LightCounter : public Counter {
 public:
  void increment() override { number_->add(1_times); }
  std::int64_t value() const override { return number_->get(); }

 private:
  mutable Guarded<Number> number_;
};

class LightBounded : public BoundedCounter {
 public:
  explicit LightBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    return number_ << [this](Number& v) { return v.n < limit_ ? (v.add(1), true) : false; };
  }
  bool try_decrement() override {
    return number_ << [](Number& v) { return v.n > 0 ? (v.add(-1), true) : false; };
  }
  std::int64_t value() const override { return (*number_)->get(); }

 private:
  const std::int64_t limit_;
  mutable struct : Guarded<Number> {
    Access operator*() { return Guarded<Number>::operator*(); }
  } number_;
};

class LightDocument : public Document {
 public:
  explicit LightDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<LightCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<LightBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<LightDocument>(std::move(text));
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
