// Goal: the two memory models allow what they must and forbid what they must. Method: the classic litmus
// tests, explored exhaustively; an outcome that the model allows must appear, one that it forbids must not.
// What the bounded store history cannot show although C++20 allows it (load buffering) is stated as such.
#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "exhaustive.hpp"
#include "explore.hpp"

using namespace racecourse::schedules;

namespace {

constexpr auto kRlx = std::memory_order_relaxed;
constexpr auto kAcq = std::memory_order_acquire;
constexpr auto kRel = std::memory_order_release;
constexpr auto kSc = std::memory_order_seq_cst;

// Objects in words of their own.
struct alignas(8) Atomic : std::atomic<int> {
  Atomic() : std::atomic<int>(0) {}
};

template <class Body>
std::set<std::string> outcomes(Body body, MemoryModel model) {
  Options options;
  options.executions_max = 300'000;
  options.world_modules = {};
  options.memory_model = model;
  Exhaustive strategy({Exhaustive::kUnbounded, true});
  const Summary summary = explore(body, strategy, options);
  CHECK(summary.exhaustive);
  CHECK(summary.findings.empty());
  std::set<std::string> found;
  for (const auto& [outcome, schedule] : summary.outcomes) found.insert(outcome);
  return found;
}

void observe_pair(int a, int b) { observe("r", std::to_string(a) + std::to_string(b)); }

void run(auto first, auto second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

auto store_buffering(std::memory_order order, bool fences) {
  return [order, fences] {
    Atomic x;
    Atomic y;
    int r1 = 0;
    int r2 = 0;
    const auto side = [order, fences](Atomic& mine, Atomic& other, int& result) {
      mine.store(1, order == kAcq ? kRel : order);
      if (fences) std::atomic_thread_fence(kSc);
      result = other.load(order);
    };
    run([&] { side(x, y, r1); }, [&] { side(y, x, r2); });
    observe_pair(r1, r2);
  };
}

auto message_passing(std::memory_order store, std::memory_order load, bool fences) {
  return [store, load, fences] {
    Atomic data;
    Atomic flag;
    int r1 = 0;
    int r2 = 0;
    run(
        [&] {
          data.store(1, kRlx);
          if (fences) std::atomic_thread_fence(kRel);
          flag.store(1, store);
        },
        [&] {
          r1 = flag.load(load);
          if (fences) std::atomic_thread_fence(kAcq);
          r2 = data.load(kRlx);
        });
    observe_pair(r1, r2);
  };
}

}  // namespace

TEST_CASE("store buffering") {
  using Set = std::set<std::string>;
  CHECK(outcomes(store_buffering(kRlx, false), MemoryModel::sequential) == Set{"r=01", "r=10", "r=11"});
  CHECK(outcomes(store_buffering(kRlx, false), MemoryModel::cpp20) == Set{"r=00", "r=01", "r=10", "r=11"});
  CHECK(outcomes(store_buffering(kAcq, false), MemoryModel::cpp20) == Set{"r=00", "r=01", "r=10", "r=11"});
  CHECK(outcomes(store_buffering(kSc, false), MemoryModel::cpp20) == Set{"r=01", "r=10", "r=11"});
  CHECK(outcomes(store_buffering(kRlx, true), MemoryModel::cpp20) == Set{"r=01", "r=10", "r=11"});
}

TEST_CASE("message passing") {
  using Set = std::set<std::string>;
  const Set ordered{"r=00", "r=01", "r=11"};
  const Set any{"r=00", "r=01", "r=10", "r=11"};
  CHECK(outcomes(message_passing(kRlx, kRlx, false), MemoryModel::sequential) == ordered);
  CHECK(outcomes(message_passing(kRlx, kRlx, false), MemoryModel::cpp20) == any);
  CHECK(outcomes(message_passing(kRel, kRlx, false), MemoryModel::cpp20) == any);
  CHECK(outcomes(message_passing(kRlx, kAcq, false), MemoryModel::cpp20) == any);
  CHECK(outcomes(message_passing(kRel, kAcq, false), MemoryModel::cpp20) == ordered);
  CHECK(outcomes(message_passing(kRlx, kRlx, true), MemoryModel::cpp20) == ordered);
  CHECK(outcomes(message_passing(kSc, kSc, false), MemoryModel::cpp20) == ordered);
}

TEST_CASE("coherence: two reads of one object never go back") {
  const auto body = [] {
    Atomic x;
    int r1 = 0;
    int r2 = 0;
    run(
        [&] {
          x.store(1, kRlx);
          x.store(2, kRlx);
        },
        [&] {
          r1 = x.load(kRlx);
          r2 = x.load(kRlx);
        });
    observe_pair(r1, r2);
  };
  CHECK(outcomes(body, MemoryModel::cpp20) ==
        std::set<std::string>{"r=00", "r=01", "r=02", "r=11", "r=12", "r=22"});
}

TEST_CASE("load buffering is not shown") {
  // C++20 allows 11 with relaxed operations. A load here never sees the future, so it does not appear.
  const auto body = [] {
    Atomic x;
    Atomic y;
    int r1 = 0;
    int r2 = 0;
    run(
        [&] {
          r1 = x.load(kRlx);
          y.store(1, kRlx);
        },
        [&] {
          r2 = y.load(kRlx);
          x.store(1, kRlx);
        });
    observe_pair(r1, r2);
  };
  CHECK(outcomes(body, MemoryModel::cpp20) == std::set<std::string>{"r=00", "r=01", "r=10"});
}

namespace {

auto independent_reads(std::memory_order store, std::memory_order load) {
  return [store, load] {
    Atomic x;
    Atomic y;
    int r[4] = {};
    std::thread a([&] { x.store(1, store); });
    std::thread b([&] { y.store(1, store); });
    std::thread c([&] {
      r[0] = x.load(load);
      r[1] = y.load(load);
    });
    std::thread d([&] {
      r[2] = y.load(load);
      r[3] = x.load(load);
    });
    a.join();
    b.join();
    c.join();
    d.join();
    observe("r", std::to_string(r[0]) + std::to_string(r[1]) + std::to_string(r[2]) + std::to_string(r[3]));
  };
}

}  // namespace

TEST_CASE("independent reads of independent writes") {
  CHECK(outcomes(independent_reads(kRel, kAcq), MemoryModel::cpp20).contains("r=1010"));
  CHECK_FALSE(outcomes(independent_reads(kSc, kSc), MemoryModel::cpp20).contains("r=1010"));
  CHECK_FALSE(outcomes(independent_reads(kRlx, kRlx), MemoryModel::sequential).contains("r=1010"));
}

TEST_CASE("a release sequence goes on through read-modify-writes, and ends at a plain store") {
  const auto through = [](bool by_update) {
    return [by_update] {
      Atomic data;
      Atomic flag;
      int r1 = 0;
      int r2 = 0;
      std::thread writer([&] {
        data.store(1, kRlx);
        flag.store(1, kRel);
        if (by_update) {
          flag.fetch_add(1, kRlx);
        } else {
          flag.store(2, kRlx);
        }
      });
      std::thread reader([&] {
        r1 = flag.load(kAcq);
        r2 = data.load(kRlx);
      });
      writer.join();
      reader.join();
      observe_pair(r1, r2);
    };
  };
  CHECK_FALSE(outcomes(through(true), MemoryModel::cpp20).contains("r=20"));
  CHECK(outcomes(through(false), MemoryModel::cpp20).contains("r=20"));
}

TEST_CASE("read-modify-writes always read the newest store") {
  const auto body = [] {
    Atomic x;
    run([&] { x.fetch_add(1, kRlx); }, [&] { x.fetch_add(1, kRlx); });
    observe("x", std::to_string(x.load(kSc)));
  };
  CHECK(outcomes(body, MemoryModel::cpp20) == std::set<std::string>{"x=2"});
}
