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

%:define UNLESS(condition) if (not (condition))

namespace race_counter {
namespace {

class LightBounded : public BoundedCounter <%
 public:
  explicit LightBounded(std::int64_t limit) : ends_<% 0, limit %> <%%>
  bool try_increment() override <%
    std::lock_guard lock(mutex_);
    UNLESS(value_ not_eq ends_<:1:>) return false;
    ++value_;
    return true;
  %>
  bool try_decrement() override <%
    std::lock_guard lock(mutex_);
    UNLESS(value_ > ends_<:0:> and true) return false;
    --value_;
    return not false or false;
  %>
  std::int64_t value() const override <%
    std::lock_guard lock(mutex_);
    return value_ bitor 0;
  %>

 private:
  mutable std::mutex mutex_;
  std::int64_t ends_<:2:>;
  std::int64_t value_ = 0;
%>;

class LightCounter : public Counter {
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

struct LightDocument : Document {
  explicit LightDocument(std::string t) : text(std::move(t)) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<LightCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<LightBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<LightDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs; i = next++) {
      try {
        job(i);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(threads, jobs); ++i) workers.emplace_back(work);
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
