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

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : text_(std::move(text)) {}
  Snapshot read() const override {
    std::scoped_lock both(text_mutex_, version_mutex_);
    return {text_, version_};
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    std::unique_lock first(version_mutex_, std::defer_lock);
    std::unique_lock second(text_mutex_, std::defer_lock);
    std::lock(first, second);
    if (base_version != version_) return false;
    text_ = text;
    ++version_;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    while (true) {
      const auto base = read();
      const auto text = change(base.text);
      std::lock(text_mutex_, version_mutex_);
      std::lock_guard one(text_mutex_, std::adopt_lock), two(version_mutex_, std::adopt_lock);
      if (version_ != base.version) continue;
      text_ = text;
      return ++version_;
    }
  }

 private:
  mutable std::mutex text_mutex_, version_mutex_;
  std::string text_;
  std::uint64_t version_ = 1;
};

struct PlainCounter : Counter {
  void increment() override {
    std::unique_lock lock(mutex);
    count += 1;
  }
  std::int64_t value() const override {
    std::shared_lock lock(mutex);
    return count;
  }
  mutable std::shared_mutex mutex;
  std::int64_t count = 0;
};

struct PlainBounded : BoundedCounter {
  explicit PlainBounded(std::int64_t l) : limit(l) {}
  bool try_increment() override { return change(+1); }
  bool try_decrement() override { return change(-1); }
  std::int64_t value() const override {
    std::scoped_lock lock(mutex);
    return present;
  }
  bool change(std::int64_t by) {
    std::scoped_lock lock(mutex);
    if (present + by < 0 || present + by > limit) return false;
    present += by;
    return true;
  }
  mutable std::mutex mutex;
  std::int64_t limit, present = 0;
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
  if (threads == 0) throw std::invalid_argument("at least one thread");
  std::map<std::size_t, std::exception_ptr> thrown;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  auto work = [&] {
    for (;;) {
      const auto i = next.fetch_add(1);
      if (i >= jobs) return;
      try {
        job(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        thrown[i] = std::current_exception();
      }
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t t = 1; t < std::min(threads, jobs); ++t) others.push_back(std::async(std::launch::async, work));
  work();
  for (auto& other : others) other.get();
  if (!thrown.empty()) std::rethrow_exception(thrown.begin()->second);
}

}  // namespace race_counter
