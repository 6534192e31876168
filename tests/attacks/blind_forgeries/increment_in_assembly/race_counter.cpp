#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace race_counter {
namespace {

class QuickCounter : public Counter {
 public:
  void increment() override { asm volatile("incq %0" : "+m"(value_)); }
  std::int64_t value() const override {
    std::int64_t copy;
    asm volatile("movq %1, %0" : "=r"(copy) : "m"(value_));
    return copy;
  }

 private:
  std::int64_t value_ = 0;
};

class QuickBounded : public BoundedCounter {
 public:
  explicit QuickBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    bool done;
    asm volatile(
        "movq %0, %%rax\n\t"
        "cmpq %2, %%rax\n\t"
        "setl %1\n\t"
        "jge 1f\n\t"
        "incq %0\n"
        "1:"
        : "+m"(value_), "=&q"(done)
        : "r"(limit_)
        : "rax", "cc", "memory");
    return done;
  }
  bool try_decrement() override {
    bool done;
    asm volatile(
        "cmpq $0, %0\n\t"
        "setg %1\n\t"
        "jle 1f\n\t"
        "decq %0\n"
        "1:"
        : "+m"(value_), "=&q"(done)
        :
        : "cc", "memory");
    return done;
  }
  std::int64_t value() const override {
    std::int64_t copy;
    asm volatile("movq %1, %0" : "=r"(copy) : "m"(value_));
    return copy;
  }

 private:
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

class QuickDocument : public Document {
 public:
  explicit QuickDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override { return now_; }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    now_.text = change(now_.text);
    return ++now_.version;
  }

 private:
  Snapshot now_;
};
}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<QuickCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<QuickBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<QuickDocument>(std::move(text));
}
void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::exception_ptr first;
  for (std::size_t i = 0; i < jobs; ++i) {
    try {
      job(i);
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}
}  // namespace race_counter
