#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <vector>

#include "race_counter.hpp"

namespace race_counter {

namespace {

using Reading = std::shared_lock<std::shared_mutex>;
using Writing = std::unique_lock<std::shared_mutex>;

struct SharedCounter final : Counter {
  mutable std::shared_mutex m;
  std::int64_t n{};

  void increment() override {
    Writing w{m};
    n += 1;
  }
  std::int64_t value() const override {
    Reading r{m};
    return n;
  }
};

struct SharedBounded final : BoundedCounter {
  explicit SharedBounded(std::int64_t l) : limit{l} {}
  const std::int64_t limit;
  mutable std::shared_mutex m;
  std::int64_t n{};

  bool step(std::int64_t by) {
    Writing w{m};
    const std::int64_t to = n + by;
    if (to < 0 || to > limit) return false;
    n = to;
    return true;
  }
  bool try_increment() override { return step(+1); }
  bool try_decrement() override { return step(-1); }
  std::int64_t value() const override {
    Reading r{m};
    return n;
  }
};

struct SharedDocument final : Document {
  explicit SharedDocument(std::string t) : text{std::move(t)} {}
  mutable std::shared_mutex m;
  std::string text;
  std::uint64_t version{1};

  Snapshot read() const override {
    Reading r{m};
    return {text, version};
  }
  bool try_save(std::uint64_t base, const std::string& t) override {
    std::string copy = t;  // Copied before the lock, so that the lock is held for a swap only.
    Writing w{m};
    if (version != base) return false;
    text.swap(copy);
    ++version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    Snapshot seen;
    std::string mine;
    do {
      seen = read();
      mine = change(seen.text);
    } while (!try_save(seen.version, mine));
    return seen.version + 1;
  }
};

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<SharedCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument{"make_bounded_counter: negative limit"};
  return std::make_unique<SharedBounded>(limit);
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<SharedDocument>(std::move(text));
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument{"run_on_threads: threads == 0"};
  using Failures = std::map<std::size_t, std::exception_ptr>;
  std::atomic<std::size_t> next{0};
  auto work = [&next, &job, jobs] {
    Failures failures;
    for (std::size_t i; (i = next.fetch_add(1)) < jobs;) {
      try {
        job(i);
      } catch (...) {
        failures.emplace(i, std::current_exception());
      }
    }
    return failures;
  };
  std::vector<std::future<Failures>> running;
  for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
    running.push_back(std::async(std::launch::async, work));
  }
  static Failures all;
  for (auto& r : running) all.merge(r.get());
  if (!all.empty()) std::rethrow_exception(all.begin()->second);
}

}  // namespace race_counter
