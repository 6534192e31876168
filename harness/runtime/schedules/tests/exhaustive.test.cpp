// Goal: the exhaustive search visits exactly the interleavings that exist, and with reduction every class of
// equivalent ones. Method: small programs whose interleavings a comment lists, and a family of generated
// programs for which a naive explorer that shares no code with the runtime counts classes and collects
// outcomes.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "exhaustive.hpp"
#include "explore.hpp"
#include "random.hpp"
#include "sleep_sets.hpp"

using namespace racecourse::schedules;

namespace {

Options small() {
  Options options;
  options.executions_max = 200'000;
  options.world_modules = {};
  return options;
}

std::set<std::string> outcomes_of(const Summary& summary) {
  std::set<std::string> outcomes;
  for (const auto& [outcome, schedule] : summary.outcomes) outcomes.insert(outcome);
  return outcomes;
}

void two_load_store_pairs() {
  std::atomic<int> value = 0;
  const auto work = [&] { value.store(value.load() + 1); };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
  observe("value", std::to_string(value.load()));
}

}  // namespace

TEST_CASE("every interleaving of two load-store pairs is visited") {
  // Thread 1 does l s, thread 2 does L S, and the body does J: it joins thread 1, which it can once s is
  // done. Its second join is never a choice: either thread 2 has ended, or it alone can go on. The ten
  // orders:
  //   lsJLS lsLJS lsLSJ   lLsJS lLsSJ   LlsJS LlsSJ   lLSsJ LlSsJ   LSlsJ
  Exhaustive strategy({Exhaustive::kUnbounded, false});
  const Summary summary = explore(two_load_store_pairs, strategy, small());
  CHECK(summary.exhaustive);
  CHECK(strategy.complete() == 10);
  CHECK(outcomes_of(summary) == std::set<std::string>{"value=1", "value=2"});
}

TEST_CASE("the reduction keeps one class of each") {
  // The two loads commute, and J commutes with everything, so what counts is where the stores stand: lsLS;
  // LSls; both loads before both stores, s first; the same, S first.
  Exhaustive strategy({Exhaustive::kUnbounded, true});
  const Summary summary = explore(two_load_store_pairs, strategy, small());
  CHECK(summary.exhaustive);
  CHECK(strategy.classes() == 4);
  CHECK(strategy.complete() + summary.pruned < 10 + 1);
  CHECK(outcomes_of(summary) == std::set<std::string>{"value=1", "value=2"});
}

TEST_CASE("a bound on preemptions is kept, and what lies beyond is admitted") {
  // Without a preemption a thread that began runs to its end: no update is lost. With one it can be.
  Exhaustive none({0, true});
  const Summary without = explore(two_load_store_pairs, none, small());
  CHECK(without.exhaustive);
  CHECK(none.limited());
  CHECK(outcomes_of(without) == std::set<std::string>{"value=2"});
  Exhaustive one({1, true});
  CHECK(outcomes_of(explore(two_load_store_pairs, one, small())) ==
        std::set<std::string>{"value=1", "value=2"});
}

TEST_CASE("two critical sections have two orders") {
  std::mutex mutex;
  std::string order;
  const auto body = [&] {
    order.clear();
    std::thread a([&] {
      const std::lock_guard guard(mutex);
      order += 'a';
    });
    std::thread b([&] {
      const std::lock_guard guard(mutex);
      order += 'b';
    });
    a.join();
    b.join();
    observe("order", order);
    order = std::string();
  };
  Exhaustive strategy({Exhaustive::kUnbounded, true});
  const Summary summary = explore(body, strategy, small());
  CHECK(summary.exhaustive);
  CHECK(strategy.classes() == 2);
  CHECK(outcomes_of(summary) == std::set<std::string>{"order=ab", "order=ba"});
}

TEST_CASE("which waiter is woken is a choice") {
  // Two threads wait, one notify_one comes; the other waiter is released by a second one. Either may be
  // first.
  const auto body = [] {
    std::mutex mutex;
    std::condition_variable condition;
    int tickets = 0;
    int waiting = 0;
    std::string order;
    const auto take = [&](char name) {
      std::unique_lock lock(mutex);
      ++waiting;
      condition.wait(lock, [&] { return tickets > 0; });
      --tickets;
      order += name;
    };
    std::thread a(take, 'a');
    std::thread b(take, 'b');
    for (int given = 0; given < 2;) {
      const std::lock_guard guard(mutex);
      if (waiting < 2) continue;
      ++tickets;
      ++given;
      condition.notify_one();
    }
    a.join();
    b.join();
    observe("order", order);
  };
  Options options = small();
  options.executions_max = 3000;
  Exhaustive strategy({1, true});
  CHECK(outcomes_of(explore(body, strategy, options)) == std::set<std::string>{"order=ab", "order=ba"});
}

namespace {

// Each thread does `wait` and then appends its letter; the body does `release` in between.
template <class Wait, class Release>
auto two_that_wait(Wait wait, Release release) {
  return [wait, release] {
    std::atomic<int> gate = 0;
    std::atomic<int> order = 0;
    const auto work = [&](int digit) {
      wait(gate);
      int seen = order.load();
      while (!order.compare_exchange_strong(seen, seen * 10 + digit)) {
      }
    };
    std::thread a(work, 1);
    std::thread b(work, 2);
    release(gate);
    a.join();
    b.join();
    observe("order", std::to_string(order.load()));
  };
}

}  // namespace

TEST_CASE("a thread that went on after waiting is in a new state") {
  // Being woken is an operation of nobody: if the thread's next choice looked like the one before, all that
  // follows would be taken for explored. Either thread may be first, whatever both waited for.
  using namespace std::chrono_literals;
  const std::set<std::string> both{"order=12", "order=21"};
  const auto nothing = [](std::atomic<int>&) {};
  const auto outcomes = [](auto body) {
    Exhaustive strategy({2, true});
    const Summary summary = explore(body, strategy, small());
    CHECK(summary.exhaustive);
    SleepSets sleeping;
    CHECK(outcomes_of(explore(body, sleeping, small())) == outcomes_of(summary));
    return outcomes_of(summary);
  };
  CHECK(outcomes(two_that_wait([](std::atomic<int>&) { std::this_thread::sleep_for(1s); }, nothing)) == both);
  CHECK(outcomes(two_that_wait([](std::atomic<int>&) { std::this_thread::sleep_for(0s); }, nothing)) == both);
  CHECK(outcomes(two_that_wait([](std::atomic<int>&) { std::this_thread::yield(); }, nothing)) == both);
  CHECK(outcomes(two_that_wait([](std::atomic<int>& gate) { gate.wait(0); },
                               [](std::atomic<int>& gate) {
                                 gate = 1;
                                 gate.notify_all();
                               })) == both);
}

namespace {

// The generated family: two threads of up to three operations on two atomic objects.
struct Step {
  enum Kind { kLoad, kStore, kAdd } kind;
  int object;
  int operand;
};
using Code = std::array<std::vector<Step>, 2>;

// The naive explorer: every interleaving by plain recursion over an interpreter of its own.
struct Naive {
  const Code& code;
  std::set<std::string> outcomes;
  std::set<std::string> classes;

  struct State {
    std::array<std::size_t, 2> at{};
    std::array<int, 2> memory{};
    std::array<std::string, 2> read;
    std::vector<std::pair<int, std::size_t>> order;
  };
  void explore(const State& state) {
    bool done = true;
    for (int thread = 0; thread < 2; ++thread) {
      const auto t = static_cast<std::size_t>(thread);
      if (state.at[t] == code[t].size()) continue;
      done = false;
      State after = state;
      const Step& step = code[t][after.at[t]];
      int& cell = after.memory[static_cast<std::size_t>(step.object)];
      if (step.kind != Step::kStore) after.read[t] += std::to_string(cell) + ",";
      if (step.kind == Step::kStore) cell = step.operand;
      if (step.kind == Step::kAdd) cell += step.operand;
      after.order.emplace_back(thread, after.at[t]++);
      explore(after);
    }
    if (!done) return;
    outcomes.insert("all=" + state.read[0] + "|" + state.read[1] + "|" + std::to_string(state.memory[0]) +
                    "," + std::to_string(state.memory[1]));
    // A class is what order each pair of conflicting operations stands in.
    std::string name;
    for (std::size_t i = 0; i < state.order.size(); ++i)
      for (std::size_t j = i + 1; j < state.order.size(); ++j) {
        const auto [t, a] = state.order[i];
        const auto [u, b] = state.order[j];
        const Step& first = code[static_cast<std::size_t>(t)][a];
        const Step& second = code[static_cast<std::size_t>(u)][b];
        if (t == u || first.object != second.object) continue;
        if (first.kind == Step::kLoad && second.kind == Step::kLoad) continue;
        // Named by the pair in a fixed order, so that equal classes get equal names.
        const std::size_t zero = t == 0 ? a : b;
        const std::size_t one = t == 0 ? b : a;
        pairs[zero][one] = t == 0 ? '<' : '>';
      }
    for (auto& row : pairs)
      for (char& sign : row) {
        name += sign;
        sign = '.';
      }
    classes.insert(name);
  }
  std::array<std::array<char, 3>, 3> pairs{{{'.', '.', '.'}, {'.', '.', '.'}, {'.', '.', '.'}}};
};

const Code* running = nullptr;

void run_code() {
  // Each object in a word of its own: conflicts are judged by words.
  struct alignas(8) Cell {
    std::atomic<int> value{0};
  };
  std::array<Cell, 2> cells;
  alignas(8) std::array<std::array<int, 4>, 2> read{};  // Four, so that the threads' parts share no word.
  std::array<std::size_t, 2> reads{};
  const auto work = [&](std::size_t me) {
    for (const Step& step : (*running)[me]) {
      std::atomic<int>& cell = cells[static_cast<std::size_t>(step.object)].value;
      switch (step.kind) {
        case Step::kLoad:
          read[me][reads[me]++] = cell.load();
          break;
        case Step::kStore:
          cell.store(step.operand);
          break;
        case Step::kAdd:
          read[me][reads[me]++] = cell.fetch_add(step.operand);
          break;
      }
    }
  };
  std::thread a(work, 0);
  std::thread b(work, 1);
  a.join();
  b.join();
  std::string text;
  for (std::size_t t = 0; t < 2; ++t) {
    for (std::size_t i = 0; i < reads[t]; ++i) text += std::to_string(read[t][i]) + ",";
    text += "|";
  }
  observe("all", text + std::to_string(cells[0].value.load()) + "," + std::to_string(cells[1].value.load()));
}

}  // namespace

TEST_CASE("a naive explorer agrees on generated programs") {
  Random random(7);
  for (int round = 0; round < 150; ++round) {
    Code code;
    for (auto& thread : code)
      for (std::uint32_t i = 0, count = 1 + random.below(3); i < count; ++i)
        thread.push_back({static_cast<Step::Kind>(random.below(3)), static_cast<int>(random.below(2)),
                          1 + static_cast<int>(random.below(5))});
    Naive naive{code, {}, {}};
    naive.explore({});
    running = &code;
    Exhaustive reduced({Exhaustive::kUnbounded, true});
    const Summary summary = explore(run_code, reduced, small());
    CAPTURE(round);
    CHECK(summary.exhaustive);
    CHECK(summary.findings.empty());
    CHECK(outcomes_of(summary) == naive.outcomes);
    CHECK(reduced.classes() == naive.classes.size());
    Exhaustive plain({Exhaustive::kUnbounded, false});
    CHECK(outcomes_of(explore(run_code, plain, small())) == naive.outcomes);
  }
}
