#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "race_counter.hpp"

namespace race_counter {
namespace {

class Actor {
 public:
  Actor() : thread_([this] { serve(); }) {}
  ~Actor() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_one();
    thread_.join();
  }

  // Runs `request` in the actor's thread and waits for what it returns.
  template <class Request>
  auto ask(Request request) -> decltype(request()) {
    // Shared with the actor, which is still inside the task when the answer is there already.
    auto task = std::make_shared<std::packaged_task<decltype(request())()>>(std::move(request));
    auto answer = task->get_future();
    {
      std::lock_guard lock(mutex_);
      requests_.push_back([task] { (*task)(); });
    }
    arrived_.notify_one();
    return answer.get();
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      arrived_.wait(lock, [this] { return closed_ || !requests_.empty(); });
      if (requests_.empty()) return;
      auto request = std::move(requests_.front());
      requests_.pop_front();
      lock.unlock();
      request();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> requests_;
  bool closed_ = false;
  std::thread thread_;  // The last member: it uses all the others.
};

class ActorCounter : public Counter {
 public:
  void increment() override {
    actor_.ask([this] { ++value_; });
  }
  std::int64_t value() const override {
    return actor_.ask([this] { return value_; });
  }

 private:
  std::int64_t value_ = 0;
  mutable Actor actor_;
};

class ActorBounded : public BoundedCounter {
 public:
  explicit ActorBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    return actor_.ask([this] { return value_ < limit_ && ++value_ > 0; });
  }
  bool try_decrement() override {
    return actor_.ask([this] { return value_ > 0 && --value_ >= 0; });
  }
  std::int64_t value() const override {
    return actor_.ask([this] { return value_; });
  }

 private:
  const std::int64_t limit_;
  std::int64_t value_ = 0;
  mutable Actor actor_;
};

class ActorDocument : public Document {
 public:
  explicit ActorDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    return actor_.ask([this] { return now_; });
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    return actor_.ask([&] {
      if (now_.version != base_version) return false;
      now_ = Snapshot{text, base_version + 1};
      return true;
    });
  }
  // `change` runs in the caller's thread: the actor stays free for the others.
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot base;
    do base = read();
    while (!try_save(base.version, change(base.text)));
    return base.version + 1;
  }

 private:
  Snapshot now_;
  mutable Actor actor_;
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<ActorCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit <= 0) throw std::invalid_argument("make_bounded_counter");
  return std::make_unique<ActorBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<ActorDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("run_on_threads");
  std::vector<std::packaged_task<void(std::size_t)>> tasks;
  std::vector<std::future<void>> outcomes;
  for (std::size_t i = 0; i < jobs; ++i) {
    tasks.emplace_back(job);
    outcomes.push_back(tasks.back().get_future());
  }
  std::mutex mutex;
  std::size_t next = 0;
  std::vector<std::thread> workers;
  for (std::size_t w = 0; w < std::min(threads, jobs); ++w) {
    workers.emplace_back([&] {
      std::unique_lock lock(mutex);
      while (next < jobs) {
        const std::size_t mine = next++;
        lock.unlock();
        tasks[mine](mine);  // Keeps the exception in its future.
        lock.lock();
      }
    });
  }
  for (auto& worker : workers) worker.join();
  for (auto& outcome : outcomes) outcome.get();
}

}  // namespace race_counter
