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

class BasicDocument : public Document {
 public:
  explicit BasicDocument(std::string text);
  ~BasicDocument() override;
  Snapshot read() const override;
  bool try_save(std::uint64_t base_version, const std::string& text) override;
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct BasicDocument::Impl {
  std::mutex mutex;
  Snapshot now;
};

BasicDocument::BasicDocument(std::string text) : impl_(new Impl{{}, {std::move(text), 1}}) {}
BasicDocument::~BasicDocument() = default;
Snapshot BasicDocument::read() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->now;
}
bool BasicDocument::try_save(std::uint64_t base_version, const std::string& text) {
  std::lock_guard lock(impl_->mutex);
  if (impl_->now.version != base_version) return false;
  impl_->now = Snapshot{text, base_version + 1};
  return true;
}
std::uint64_t BasicDocument::edit(const std::function<std::string(const std::string&)>& change) {
  while (true) {
    const Snapshot base = read();
    if (try_save(base.version, change(base.text))) return base.version + 1;
  }
}

class BasicCounter : public Counter {
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

class BasicBounded : public BoundedCounter {
 public:
  explicit BasicBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<BasicCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<BasicBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<BasicDocument>(std::move(text));
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
