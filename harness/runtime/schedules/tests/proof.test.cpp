// Goal: the search is what it says. Without reduction it visits exactly the interleavings that exist; sleep
// sets visit exactly one of each class of equivalent ones; outcomes, data races and deadlocks are those that
// exist. Method: programs small enough to count by hand, and a generated family of two and three threads with
// mutexes, atomic objects and plain variables, against the naive explorer.
#include <doctest/doctest.h>
#include <pthread.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "exhaustive.hpp"
#include "explore.hpp"
#include "naive_explorer.hpp"
#include "random.hpp"
#include "sleep_sets.hpp"

using namespace racecourse::schedules;
using naive::Kind;

namespace {

// Each object in a word of its own: conflicts are judged by words. The body, whose accesses come before and
// after all others, makes plain ones to the atomic objects too, so that it does not count as a user of them.
struct alignas(64) Plain {
  int value;
};
struct alignas(64) Mutex {
  pthread_mutex_t value = PTHREAD_MUTEX_INITIALIZER;
};
struct alignas(64) Reads {
  std::array<int, 8> values;
  std::size_t count;
};
Plain atomics[2];
Plain plains[2];
Mutex mutexes[2];
Reads reads[3];
const naive::Program* running = nullptr;

void run_thread(std::size_t me) {
  for (const naive::Step& step : (*running)[me]) {
    Reads& mine = reads[me];
    switch (step.kind) {
      case Kind::load:
        mine.values[mine.count++] = std::atomic_ref(atomics[step.object].value).load();
        break;
      case Kind::store:
        std::atomic_ref(atomics[step.object].value).store(step.operand);
        break;
      case Kind::add:
        mine.values[mine.count++] = std::atomic_ref(atomics[step.object].value).fetch_add(step.operand);
        break;
      case Kind::lock:
        pthread_mutex_lock(&mutexes[step.object].value);
        break;
      case Kind::unlock:
        pthread_mutex_unlock(&mutexes[step.object].value);
        break;
      case Kind::read:
        mine.values[mine.count++] = plains[step.object].value;
        break;
      case Kind::write:
        plains[step.object].value = step.operand;
        break;
    }
  }
}

void run_program() {
  for (Plain& object : atomics) object.value = 0;
  for (Plain& object : plains) object.value = 0;
  for (Reads& object : reads) object.count = 0;
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (std::size_t i = 0; i < running->size(); ++i) threads.emplace_back(run_thread, i);
  for (std::thread& thread : threads) thread.join();
  std::vector<std::vector<int>> read;
  for (std::size_t i = 0; i < running->size(); ++i)
    read.emplace_back(reads[i].values.begin(), reads[i].values.begin() + static_cast<int>(reads[i].count));
  observe("all", naive::outcome_text(read, {atomics[0].value, atomics[1].value},
                                     {plains[0].value, plains[1].value}));
}

struct Searched {
  bool exhaustive;
  std::set<std::string> outcomes;
  bool races = false;
  bool deadlocks = false;
  std::uint64_t executions;
};

Searched search(const naive::Program& program, Strategy& strategy) {
  running = &program;
  Options options;
  options.executions_max = 1'000'000;
  options.findings_max = 1000;
  options.minimise_executions_max = 4;
  options.world_modules = {};
  const Summary summary = explore(run_program, strategy, options);
  Searched result{summary.exhaustive, {}, false, false, summary.executions + summary.pruned};
  for (const auto& [outcome, schedule] : summary.outcomes) result.outcomes.insert(outcome.substr(4));
  for (const Finding& finding : summary.findings) {
    CHECK(finding.verified);
    result.races = result.races || finding.kind == FindingKind::data_race;
    result.deadlocks = result.deadlocks || finding.kind == FindingKind::deadlock;
  }
  return result;
}

void agrees(const Searched& searched, const naive::Result& expected) {
  CHECK(searched.exhaustive);
  CHECK(searched.outcomes == expected.outcomes);
  CHECK(searched.races == expected.races);
  CHECK(searched.deadlocks == expected.deadlocks);
}

// The whole proof for one program. Returns how many executions each of the two reductions took.
std::pair<std::uint64_t, std::uint64_t> prove(const naive::Program& program) {
  const naive::Result expected = naive::explore(program);
  Exhaustive plain({Exhaustive::kUnbounded, false});
  agrees(search(program, plain), expected);
  CHECK(plain.complete() == expected.interleavings);
  SleepSets sleeping;
  const Searched by_sleep = search(program, sleeping);
  agrees(by_sleep, expected);
  CHECK(sleeping.complete() == expected.classes.size());
  Exhaustive cached({Exhaustive::kUnbounded, true});
  const Searched by_cache = search(program, cached);
  agrees(by_cache, expected);
  CHECK(cached.classes() == expected.classes.size());
  return {by_sleep.executions, by_cache.executions};
}

void counts(const naive::Program& program, std::uint64_t interleavings, std::uint64_t classes) {
  const naive::Result result = naive::explore(program);
  CHECK(result.interleavings == interleavings);
  CHECK(result.classes.size() == classes);
  (void)prove(program);
}

naive::Thread random_thread(Random& random, std::uint32_t length) {
  naive::Thread thread;
  while (thread.size() < length) {
    const int object = static_cast<int>(random.below(2));
    const int operand = 1 + static_cast<int>(random.below(5));
    const std::uint32_t draw = random.below(8);
    if (draw < 3) {
      thread.push_back({static_cast<Kind>(draw), object, operand});
    } else if (draw < 5) {
      thread.push_back({draw == 3 ? Kind::read : Kind::write, object, operand});
    } else {
      // A critical section with one access, and sometimes the other mutex inside.
      const bool nested = draw == 7;
      thread.push_back({Kind::lock, object, 0});
      if (nested) thread.push_back({Kind::lock, 1 - object, 0});
      thread.push_back({random.below(2) == 0 ? Kind::read : Kind::write, object, operand});
      if (nested) thread.push_back({Kind::unlock, 1 - object, 0});
      thread.push_back({Kind::unlock, object, 0});
    }
  }
  return thread;
}

}  // namespace

TEST_CASE("interleavings and classes of programs that can be counted by hand") {
  constexpr naive::Step kStoreA{Kind::store, 0, 1};
  constexpr naive::Step kStoreB{Kind::store, 1, 1};
  constexpr naive::Step kLoadA{Kind::load, 0, 0};
  constexpr naive::Step kLockA{Kind::lock, 0, 0};
  constexpr naive::Step kUnlockA{Kind::unlock, 0, 0};
  constexpr naive::Step kLockB{Kind::lock, 1, 0};
  constexpr naive::Step kUnlockB{Kind::unlock, 1, 0};
  constexpr naive::Step kWriteA{Kind::write, 0, 1};
  // Two stores s and S to one object. The body's join J of the first thread can come as soon as s is done;
  // that of the second is no choice, since by then nobody else is left: sJS sSJ SsJ. Two classes.
  counts({{kStoreA}, {kStoreA}}, 3, 2);
  // One store each to an object of its own is nobody else's business: a single interleaving.
  counts({{kStoreA}, {kStoreB}}, 1, 1);
  // Two loads commute: the same three interleavings, one class.
  counts({{kLoadA}, {kLoadA}}, 3, 1);
  // s t against S T, all to one object: 6 orders, which are the classes, and J anywhere after t:
  // stJST stSJT stSTJ sStJT sStTJ sSTtJ SstJT SstTJ SsTtJ STstJ.
  counts({{kStoreA, kStoreA}, {kStoreA, kStoreA}}, 10, 6);
  // Three threads with one store each, 1 2 3; J waits for the first thread. K waits for the second, but is
  // a transition of its own only if it had to: 1J2K3 1J23K 12J3 123J, 1J32 13J2 132J, 21J3 213J, 31J2 312J,
  // 231J, 321J. The 6 orders of the stores are the classes.
  counts({{kStoreA}, {kStoreA}, {kStoreA}}, 13, 6);
  // A critical section each, l and L: lJL lLJ LlJ, two classes.
  counts({{kLockA, kWriteA, kUnlockA}, {kLockA, kWriteA, kUnlockA}}, 3, 2);
  // ABBA: l m take A and then B, L M take B and then A. lmJLM lmLJM lmLMJ LMlmJ, and the deadlocks lL and Ll,
  // which are one class.
  counts({{kLockA, kLockB, kUnlockB, kUnlockA}, {kLockB, kLockA, kUnlockA, kUnlockB}}, 6, 3);
  // Two plain writes race, so they are points like two stores.
  counts({{kWriteA}, {kWriteA}}, 3, 2);
}

TEST_CASE("the search agrees with a naive explorer on generated programs of two threads") {
  Random random(11);
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    (void)prove({random_thread(random, 1 + random.below(5)), random_thread(random, 1 + random.below(5))});
  }
}

TEST_CASE("the search agrees with a naive explorer on generated programs of three threads") {
  Random random(12);
  constexpr std::size_t kSteps = 10;  // So that the naive explorer takes no more than a second.
  std::uint64_t by_sleep = 0;
  std::uint64_t by_cache = 0;
  for (int round = 0; round < 150; ++round) {
    CAPTURE(round);
    naive::Program program;
    do {
      program.clear();
      for (int i = 0; i < 3; ++i) program.push_back(random_thread(random, 1 + random.below(3)));
    } while (program[0].size() + program[1].size() + program[2].size() > kSteps);
    const auto [sleep, cache] = prove(program);
    by_sleep += sleep;
    by_cache += cache;
  }
  MESSAGE("executions with sleep sets: ", by_sleep, ", with fingerprints: ", by_cache);
}
