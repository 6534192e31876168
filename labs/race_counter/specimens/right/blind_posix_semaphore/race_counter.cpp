#include "race_counter.hpp"

#include <errno.h>
#include <semaphore.h>

#include <queue>
#include <stdexcept>
#include <thread>
#include <vector>

namespace race_counter {

class Gate {
 public:
  Gate() { sem_init(&semaphore_, 0, 1); }
  ~Gate() { sem_destroy(&semaphore_); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void enter() {
    while (sem_wait(&semaphore_) == -1 && errno == EINTR) {
    }
  }
  void leave() { sem_post(&semaphore_); }

 private:
  sem_t semaphore_;
};

class Inside {
 public:
  explicit Inside(Gate& gate) : gate_(gate) { gate_.enter(); }
  ~Inside() { gate_.leave(); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Gate& gate_;
};

class SemCounter : public Counter {
 public:
  void increment() override {
    Inside inside(gate_);
    ++count_;
  }
  std::int64_t value() const override {
    Inside inside(gate_);
    return count_;
  }

 private:
  mutable Gate gate_;
  std::int64_t count_ = 0;
};

class SemBounded : public BoundedCounter {
 public:
  explicit SemBounded(std::int64_t limit) : free_(limit) {}
  bool try_increment() override {
    Inside inside(gate_);
    if (free_ == 0) return false;
    --free_;
    ++used_;
    return true;
  }
  bool try_decrement() override {
    Inside inside(gate_);
    if (used_ == 0) return false;
    --used_;
    ++free_;
    return true;
  }
  std::int64_t value() const override {
    Inside inside(gate_);
    return used_;
  }

 private:
  mutable Gate gate_;
  std::int64_t free_;
  std::int64_t used_ = 0;
};

class SemDocument : public Document {
 public:
  explicit SemDocument(const std::string& text) : text_(text) {}
  Snapshot read() const override {
    Snapshot snapshot;
    Inside inside(gate_);
    snapshot.text = text_;
    snapshot.version = version_;
    return snapshot;
  }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    Inside inside(gate_);
    const bool current = base_version == version_;
    if (current) {
      text_ = text;
      version_ += 1;
    }
    return current;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    bool saved = false;
    std::uint64_t version = 0;
    while (!saved) {
      const Snapshot base = read();
      const std::string newer = change(base.text);
      saved = try_save(base.version, newer);
      version = base.version + 1;
    }
    return version;
  }

 private:
  mutable Gate gate_;
  std::string text_;
  std::uint64_t version_ = 1;
};

std::unique_ptr<Counter> make_counter() { return std::make_unique<SemCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) {
    throw std::invalid_argument("limit must be at least 0");
  }
  return std::make_unique<SemBounded>(limit);
}

std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<SemDocument>(text); }

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) {
    throw std::invalid_argument("at least one thread is needed");
  }
  Gate gate;
  std::queue<std::size_t> waiting;
  for (std::size_t i = 0; i < jobs; ++i) waiting.push(i);
  std::vector<std::pair<std::size_t, std::exception_ptr>> failures;

  auto worker = [&]() {
    while (true) {
      std::size_t number = 0;
      {
        Inside inside(gate);
        if (waiting.empty()) return;
        number = waiting.front();
        waiting.pop();
      }
      try {
        job(number);
      } catch (...) {
        Inside inside(gate);
        failures.emplace_back(number, std::current_exception());
      }
    }
  };

  std::vector<std::thread> team;
  for (std::size_t i = 0; i < threads && i < jobs; ++i) team.push_back(std::thread(worker));
  for (auto& member : team) member.join();

  if (failures.empty()) return;
  auto first = failures.front();
  for (const auto& failure : failures) {
    if (failure.first < first.first) first = failure;
  }
  std::rethrow_exception(first.second);
}

}  // namespace race_counter
