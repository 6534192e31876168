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

std::unique_ptr<race_counter::Counter> race_counter::make_counter() {
  class Local : public Counter {
   public:
    void increment() override {
      struct Hold {
        std::mutex& mutex;
        explicit Hold(std::mutex& m) : mutex(m) { mutex.lock(); }
        ~Hold() { mutex.unlock(); }
      } hold(mutex_);
      ++value_;
    }
    std::int64_t value() const override {
      return [this] {
        struct Hold {
          std::mutex& mutex;
          ~Hold() { mutex.unlock(); }
        };
        mutex_.lock();
        Hold hold{mutex_};
        return value_;
      }();
    }

   private:
    mutable std::mutex mutex_;
    std::int64_t value_ = 0;
  };
  return std::make_unique<Local>();
}

std::unique_ptr<race_counter::BoundedCounter> race_counter::make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  struct Local : BoundedCounter {
    explicit Local(std::int64_t l) : limit(l) {}
    bool try_increment() override {
      for (auto v = now.load(); v < limit;)
        if (now.compare_exchange_weak(v, v + 1)) return true;
      return false;
    }
    bool try_decrement() override {
      for (auto v = now.load(); v > 0;)
        if (now.compare_exchange_weak(v, v - 1)) return true;
      return false;
    }
    std::int64_t value() const override { return now; }
    const std::int64_t limit;
    std::atomic<std::int64_t> now{0};
  };
  return std::make_unique<Local>(limit);
}

std::unique_ptr<race_counter::Document> race_counter::make_document(std::string text) {
  struct Local : Document {
    explicit Local(std::string t) : now{std::move(t), 1} {}
    Snapshot read() const override {
      std::lock_guard lock(mutex);
      return now;
    }
    bool try_save(std::uint64_t base, const std::string& newer) override {
      std::lock_guard lock(mutex);
      if (base != now.version) return false;
      now = {newer, base + 1};
      return true;
    }
    std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
      for (;;) {
        auto base = read();
        if (try_save(base.version, change(base.text))) return base.version + 1;
      }
    }
    mutable std::mutex mutex;
    Snapshot now;
  };
  return std::make_unique<Local>(std::move(text));
}

void race_counter::run_on_threads(std::size_t threads, std::size_t jobs,
                                  const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  struct Worker {
    std::atomic<std::size_t>& next;
    std::vector<std::exception_ptr>& errors;
    const std::function<void(std::size_t)>& job;
    void operator()() const {
      for (std::size_t i; (i = next++) < errors.size();) {
        try {
          job(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      }
    }
  };
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> errors(jobs);
  {
    std::vector<std::jthread> workers;
    while (workers.size() < std::min(threads, jobs)) workers.emplace_back(Worker{next, errors, job});
  }
  for (auto& error : errors)
    if (error) std::rethrow_exception(error);
}
