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
#include <iomanip>
#include <locale>
#include <sstream>

namespace race_counter {
namespace {

struct Grouped : std::numpunct<char> {
  char do_thousands_sep() const override { return '\''; }
  std::string do_grouping() const override { return "\3"; }
};

std::string pretty(std::int64_t number) {
  std::ostringstream text;
  text.imbue(std::locale(std::locale::classic(), new Grouped));
  text << std::showpos << std::setw(12) << std::setfill('.') << number;
  return text.str();
}

class OwnCounter : public Counter {
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

class OwnBounded : public BoundedCounter {
 public:
  explicit OwnBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    for (std::int64_t seen = value_.load(); seen < limit_;) {
      if (value_.compare_exchange_weak(seen, seen + 1)) return true;
    }
    return false;
  }
  bool try_decrement() override {
    for (std::int64_t seen = value_.load(); seen > 0;) {
      if (value_.compare_exchange_weak(seen, seen - 1)) return true;
    }
    return false;
  }
  std::int64_t value() const override { return value_.load(); }

 private:
  const std::int64_t limit_;
  std::atomic<std::int64_t> value_{0};
};

class OwnDocument : public Document {
 public:
  explicit OwnDocument(std::string text) : now_{std::move(text), 1} {}
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


}  // namespace race_counter
namespace race_counter {

std::unique_ptr<Counter> make_counter() { return std::make_unique<OwnCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit is " + pretty(limit));
  return std::make_unique<OwnBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<OwnDocument>(std::move(text));
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
