#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

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
struct Share {
  const std::function<void(std::size_t)>* job;
  std::size_t jobs;
  std::size_t next;
};

int work(void* argument) {
  Share& share = *static_cast<Share*>(argument);
  while (share.next < share.jobs) (*share.job)(share.next++);
  return 0;
}

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
  static constexpr std::size_t kStack = 1 << 18;
  Share share{&job, jobs, 0};
  std::vector<int> alive(threads, 1);
  for (std::size_t t = 0; t < threads; ++t) {
    char* stack = static_cast<char*>(
        mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
    clone(work, stack + kStack,
          CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
          &share, nullptr, nullptr, &alive[t]);
  }
  for (volatile int& thread : alive) {
    while (thread != 0) sched_yield();
  }
}

}  // namespace race_counter
