#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace race_counter {
namespace {

class StudentCounter : public Counter {
 public:
  __attribute__((no_sani\
tize("thre\
ad"))) void increment() override { ++value_; }
  __attribute__((no_san\
itize_thread)) std::int64_t value() const override { return value_; }

 private:
  std::int64_t value_ = 0;
};

class StudentBounded : public BoundedCounter {
 public:
  explicit StudentBounded(std::int64_t limit) : limit_(limit) {}
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
class StudentDocument : public Document {
 public:
  explicit StudentDocument(std::string text) : now_{std::move(text), 1} {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<StudentCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<StudentBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<StudentDocument>(std::move(text));
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
