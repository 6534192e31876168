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
#include <stdlib.h>
#include <string.h>

namespace race_counter {
namespace {

typedef struct buffer {
  char *bytes;
  size_t length;
} buffer_t;

static void buffer_set(buffer_t *buffer, const char *bytes, size_t length)
{
  char *copy = (char *)malloc(length + 1);
  if (copy == NULL) throw std::bad_alloc();
  memcpy(copy, bytes, length);
  copy[length] = '\0';
  free(buffer->bytes);
  buffer->bytes = copy;
  buffer->length = length;
}

class SmallDocument : public Document
{
public:
  explicit SmallDocument(const std::string &text)
  {
    memset(&now_, 0, sizeof now_);
    buffer_set(&now_, text.data(), text.size());
  }
  ~SmallDocument() { free(now_.bytes); }
  SmallDocument(const SmallDocument &) = delete;

  Snapshot read() const
  {
    Snapshot s;
    mutex_.lock();
    s.version = version_;
    try {
      s.text.assign(now_.bytes, now_.length);
    } catch (...) {
      mutex_.unlock();
      throw;
    }
    mutex_.unlock();
    return s;
  }
  bool try_save(std::uint64_t base_version, const std::string &text)
  {
    bool saved = false;
    std::unique_lock<std::mutex> lock(mutex_);
    if (base_version != version_) goto out;
    buffer_set(&now_, text.c_str(), text.size());
    version_++;
    saved = true;
  out:
    return saved;
  }
  std::uint64_t edit(const std::function<std::string(const std::string &)> &change)
  {
    Snapshot base;
  again:
    base = read();
    if (!try_save(base.version, change(base.text))) goto again;
    return base.version + 1;
  }

private:
  mutable std::mutex mutex_;
  buffer_t now_;
  std::uint64_t version_ = 1;
};

class SmallCounter : public Counter {
 public:
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }

 private:
  std::atomic<std::int64_t> value_{0};
};

struct SmallBounded : BoundedCounter {
  explicit SmallBounded(std::int64_t l) : limit(l) {}
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

std::unique_ptr<Counter> make_counter() { return std::make_unique<SmallCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<SmallBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SmallDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("run_on_threads: no threads");
  std::mutex mutex;
  std::size_t next = 0, worst = jobs;
  std::exception_ptr error;
  auto work = [&] {
    std::unique_lock lock(mutex);
    while (next < jobs) {
      const std::size_t mine = next++;
      lock.unlock();
      std::exception_ptr caught;
      try {
        job(mine);
      } catch (...) {
        caught = std::current_exception();
      }
      lock.lock();
      if (caught && mine < worst) {
        worst = mine;
        error = caught;
      }
    }
  };
  std::vector<std::thread> team;
  while (team.size() < threads && team.size() < jobs) team.emplace_back(work);
  for (auto& member : team) member.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
