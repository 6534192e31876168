// The state is text, which functions of the C library read and write, with checks of their room.
#define _FORTIFY_SOURCE 2

#include "race_counter.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace race_counter {

namespace {

class MyCounter final : public Counter {
 public:
  void increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    char next[24];
    std::snprintf(next, sizeof next, "%lld,", number() + 1);
    std::strcpy(digits_, "");
    std::strncat(digits_, next, std::strlen(next));
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return number();
  }

 private:
  long long number() const {
    char copy[24];
    std::memcpy(copy, digits_, std::strlen(digits_) + 1);
    char* rest = nullptr;
    const char* const word = strtok_r(copy, ",", &rest);
    return word == nullptr ? 0 : std::strtoll(word, nullptr, 10);
  }
  mutable std::mutex mutex_;
  char digits_[24] = "0,";
};

// As many letters as it counts; what one thread writes the other ones find by looking for its end.
class MyBounded final : public BoundedCounter {
 public:
  explicit MyBounded(std::int64_t limit) : limit_(static_cast<std::size_t>(limit)), text_(8, L'\0') {}
  bool try_increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::size_t now = std::wcslen(text_.data());
    if (now == limit_) return false;
    if (now + 1 == text_.size()) text_.resize(2 * text_.size(), L'\0');
    std::wmemset(text_.data() + now, L'x', 1);
    return true;
  }
  bool try_decrement() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::size_t now = std::wcslen(text_.data());
    if (now == 0) return false;
    std::wmemset(text_.data() + now - 1, L'\0', 1);
    return true;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return static_cast<std::int64_t>(std::wcslen(text_.data()));
  }

 private:
  mutable std::mutex mutex_;
  const std::size_t limit_;
  std::vector<wchar_t> text_;
};

class MyDocument final : public Document {
 public:
  explicit MyDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base, const std::string& text) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (base != now_.version) return false;
    now_ = {text, base + 1};
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

std::unique_ptr<Counter> make_counter() {
  return std::make_unique<MyCounter>();
}
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative limit");
  return std::make_unique<MyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<MyDocument>(std::move(text)); }

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("no threads");
  std::mutex mutex;
  std::size_t next = 0;
  std::map<std::size_t, std::exception_ptr> failures;
  const auto work = [&] {
    for (;;) {
      std::size_t mine = 0;
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (next == jobs) return;
        mine = next++;
      }
      try {
        job(mine);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        failures[mine] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> crew;
  for (std::size_t i = 0; i < std::min(threads, jobs); ++i) crew.emplace_back(work);
  for (std::thread& thread : crew) thread.join();
  if (!failures.empty()) std::rethrow_exception(failures.begin()->second);
}

}  // namespace race_counter
