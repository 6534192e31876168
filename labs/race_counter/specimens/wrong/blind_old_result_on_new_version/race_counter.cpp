#include "race_counter.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace race_counter {

class AtomicCounter final : public Counter {
 public:
  void increment() override {
    std::int64_t old = n_.load(std::memory_order_relaxed);
    while (!n_.compare_exchange_weak(old, old + 1, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] std::int64_t value() const override { return n_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::int64_t> n_{0};
};

class AtomicBounded final : public BoundedCounter {
 public:
  explicit AtomicBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override { return move_from(limit_, +1); }
  bool try_decrement() override { return move_from(0, -1); }
  [[nodiscard]] std::int64_t value() const override { return n_.load(); }

 private:
  // Adds `step` unless the counter stands at `end`.
  bool move_from(std::int64_t end, std::int64_t step) {
    for (std::int64_t old = n_.load(); old != end;) {
      if (n_.compare_exchange_strong(old, old + step)) return true;
    }
    return false;
  }
  const std::int64_t limit_;
  std::atomic<std::int64_t> n_{0};
};

class ListDocument final : public Document {
 public:
  explicit ListDocument(std::string text) : newest_(new Node{{std::move(text), 1}, nullptr}) {}
  ~ListDocument() override {
    for (const Node* node = newest_.load(); node != nullptr;) {
      const Node* older = node->older;
      delete node;
      node = older;
    }
  }
  ListDocument(const ListDocument&) = delete;
  ListDocument& operator=(const ListDocument&) = delete;

  [[nodiscard]] Snapshot read() const override { return newest_.load(std::memory_order_acquire)->snapshot; }

  bool try_save(std::uint64_t base_version, const std::string& text) override {
    const Node* base = newest_.load(std::memory_order_acquire);
    return base->snapshot.version == base_version && append(base, text);
  }

  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    const Node* base = newest_.load(std::memory_order_acquire);
    const std::string text = change(base->snapshot.text);
    while (!append(base, text)) base = newest_.load(std::memory_order_acquire);
    return base->snapshot.version + 1;
  }

 private:
  // Never changed once it is published, never freed while the document lives: so there is no ABA.
  struct Node {
    Snapshot snapshot;
    const Node* older;
  };

  bool append(const Node* base, const std::string& text) {
    auto node = std::make_unique<Node>(Node{{text, base->snapshot.version + 1}, base});
    if (!newest_.compare_exchange_strong(base, node.get(), std::memory_order_acq_rel)) return false;
    static_cast<void>(node.release());
    return true;
  }

  std::atomic<const Node*> newest_;
};

std::unique_ptr<Counter> make_counter() { return std::make_unique<AtomicCounter>(); }

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("negative");
  return std::make_unique<AtomicBounded>(limit);
}

std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<ListDocument>(std::move(text));
}

namespace {

struct Failure {
  std::size_t job;
  std::exception_ptr exception;
  Failure* next;
};

}  // namespace

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::atomic<std::size_t> left{jobs};
  std::atomic<Failure*> failures{nullptr};

  auto work = [&] {
    std::size_t n = left.load();
    while (n > 0) {
      if (!left.compare_exchange_weak(n, n - 1)) continue;
      try {
        job(n - 1);  // From the last to the first: any order will do.
      } catch (...) {
        auto* failure = new Failure{n - 1, std::current_exception(), failures.load()};
        while (!failures.compare_exchange_weak(failure->next, failure)) {
        }
      }
      n = left.load();
    }
  };

  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads && i < jobs; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();

  std::size_t smallest = jobs;
  std::exception_ptr thrown;
  for (Failure* failure = failures.load(); failure != nullptr;) {
    if (failure->job < smallest) {
      smallest = failure->job;
      thrown = failure->exception;
    }
    delete std::exchange(failure, failure->next);
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace race_counter
