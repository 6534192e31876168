// Goal: what litmus.test.cpp says of the classic tests, of their variants: one-sided fences, coherence in all
// four forms, writes against writes, release sequences through other threads. Method: as there. Each test
// names the outcome in question; under sequential consistency it must not appear, and under memory model
// c++20 it must exactly where the standard allows it, unless the comment says that bounded histories do not
// show it.
#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "explore.hpp"
#include "sleep_sets.hpp"

using namespace racecourse::schedules;

namespace {

constexpr auto kRlx = std::memory_order_relaxed;
constexpr auto kAcq = std::memory_order_acquire;
constexpr auto kRel = std::memory_order_release;
constexpr auto kBoth = std::memory_order_acq_rel;
constexpr auto kSc = std::memory_order_seq_cst;

// Objects in words of their own.
struct alignas(64) Cell : std::atomic<int> {
  Cell() : std::atomic<int>(0) {}
};
struct World {
  Cell x;
  Cell y;
  int r[4] = {};
};
using Side = void (*)(World&);

// All outcomes: what the threads read, then the final x and y.
std::set<std::string> outcomes(const std::vector<Side>& sides, MemoryModel model) {
  const auto body = [&sides] {
    World world;
    std::vector<std::thread> threads;
    threads.reserve(sides.size());
    for (const Side side : sides) threads.emplace_back([side, &world] { side(world); });
    for (std::thread& thread : threads) thread.join();
    std::string text;
    for (const int value : world.r) text += std::to_string(value);
    observe("r", text + " " + std::to_string(world.x.load()) + std::to_string(world.y.load()));
  };
  Options options;
  options.executions_max = 300'000;
  options.world_modules = {};
  options.memory_model = model;
  SleepSets strategy;
  const Summary summary = explore(body, strategy, options);
  CHECK(summary.exhaustive);
  CHECK(summary.findings.empty());
  std::set<std::string> found;
  for (const auto& [outcome, schedule] : summary.outcomes) found.insert(outcome.substr(2));
  return found;
}

// Whether an outcome that begins so appears.
bool appears(const std::vector<Side>& sides, MemoryModel model, const std::string& outcome) {
  for (const std::string& found : outcomes(sides, model))
    if (found.starts_with(outcome)) return true;
  return false;
}

void forbidden(const std::vector<Side>& sides, const std::string& outcome) {
  CHECK_FALSE(appears(sides, MemoryModel::sequential, outcome));
  CHECK_FALSE(appears(sides, MemoryModel::cpp20, outcome));
}
// By the standard, not by sequential consistency.
void allowed(const std::vector<Side>& sides, const std::string& outcome) {
  CHECK_FALSE(appears(sides, MemoryModel::sequential, outcome));
  CHECK(appears(sides, MemoryModel::cpp20, outcome));
}

constexpr Side kPublish = [](World& w) {
  w.x.store(1, kRlx);
  w.y.store(1, kRel);
};
constexpr Side kPublishByFence = [](World& w) {
  w.x.store(1, kRlx);
  std::atomic_thread_fence(kRel);
  w.y.store(1, kRlx);
};
constexpr Side kReceive = [](World& w) {
  w.r[0] = w.y.load(kAcq);
  w.r[1] = w.x.load(kRlx);
};
constexpr Side kReceiveByFence = [](World& w) {
  w.r[0] = w.y.load(kRlx);
  std::atomic_thread_fence(kAcq);
  w.r[1] = w.x.load(kRlx);
};

}  // namespace

TEST_CASE("message passing: a fence on either side stands for a release or an acquire") {
  forbidden({kPublish, kReceive}, "10");
  forbidden({kPublishByFence, kReceive}, "10");
  forbidden({kPublish, kReceiveByFence}, "10");
  forbidden({kPublishByFence, kReceiveByFence}, "10");
}

TEST_CASE("message passing: a fence of the wrong kind, or in the wrong place, orders nothing") {
  const Side acquire_where_release_is_due = [](World& w) {
    w.x.store(1, kRlx);
    std::atomic_thread_fence(kAcq);
    w.y.store(1, kRlx);
  };
  const Side release_where_acquire_is_due = [](World& w) {
    w.r[0] = w.y.load(kRlx);
    std::atomic_thread_fence(kRel);
    w.r[1] = w.x.load(kRlx);
  };
  const Side fence_after_the_store = [](World& w) {
    w.x.store(1, kRlx);
    w.y.store(1, kRlx);
    std::atomic_thread_fence(kRel);
  };
  const Side signal_fence_only = [](World& w) {
    w.x.store(1, kRlx);
    std::atomic_signal_fence(kSc);
    w.y.store(1, kRlx);
  };
  allowed({acquire_where_release_is_due, kReceive}, "10");
  allowed({kPublish, release_where_acquire_is_due}, "10");
  allowed({fence_after_the_store, kReceive}, "10");
  allowed({signal_fence_only, kReceive}, "10");
}

TEST_CASE("store buffering: fences that are only acquire and release do not forbid it") {
  const Side weak_one = [](World& w) {
    w.x.store(1, kRlx);
    std::atomic_thread_fence(kBoth);
    w.r[0] = w.y.load(kRlx);
  };
  const Side weak_other = [](World& w) {
    w.y.store(1, kRlx);
    std::atomic_thread_fence(kBoth);
    w.r[1] = w.x.load(kRlx);
  };
  const Side strong_one = [](World& w) {
    w.x.store(1, kRlx);
    std::atomic_thread_fence(kSc);
    w.r[0] = w.y.load(kRlx);
  };
  const Side strong_other = [](World& w) {
    w.y.store(1, kRlx);
    std::atomic_thread_fence(kSc);
    w.r[1] = w.x.load(kRlx);
  };
  const Side ordered_one = [](World& w) {
    w.x.store(1, kSc);
    w.r[0] = w.y.load(kSc);
  };
  const Side ordered_other = [](World& w) {
    w.y.store(1, kSc);
    w.r[1] = w.x.load(kSc);
  };
  allowed({weak_one, weak_other}, "00");
  allowed({weak_one, strong_other}, "00");  // One fence alone is not enough.
  forbidden({strong_one, strong_other}, "00");
  forbidden({ordered_one, ordered_other}, "00");
}

TEST_CASE("coherence") {
  const Side write_one_then_two = [](World& w) {
    w.x.store(1, kRlx);
    w.x.store(2, kRlx);
  };
  const Side read_twice = [](World& w) {
    w.r[0] = w.x.load(kRlx);
    w.r[1] = w.x.load(kRlx);
  };
  const Side read_twice_too = [](World& w) {
    w.r[2] = w.x.load(kRlx);
    w.r[3] = w.x.load(kRlx);
  };
  // CoRR: two reads of one thread never go back; two readers never disagree on the order of two writes.
  for (const char* backwards : {"10", "20", "21"}) forbidden({write_one_then_two, read_twice}, backwards);
  const Side write_one = [](World& w) { w.x.store(1, kRlx); };
  const Side write_two = [](World& w) { w.x.store(2, kRlx); };
  forbidden({write_one, write_two, read_twice, read_twice_too}, "1221");
  // CoWW: the writes of one thread stand in the order it makes them.
  CHECK(outcomes({write_one_then_two}, MemoryModel::cpp20) == std::set<std::string>{"0000 20"});
  // CoWR: a thread that wrote never reads what came before its own write.
  const Side write_and_read = [](World& w) {
    w.x.store(3, kRlx);
    w.r[0] = w.x.load(kRlx);
  };
  forbidden({write_one, write_and_read}, "0");
  // CoRW: what a thread read stands before what it then writes, so that 2 cannot be final here.
  const Side read_and_write = [](World& w) {
    w.r[0] = w.x.load(kRlx);
    w.x.store(5, kRlx);
  };
  forbidden({write_two, read_and_write}, "2000 20");
  // CoRW, the other half: a thread never reads from its own later write.
  forbidden({write_two, read_and_write}, "5");
}

TEST_CASE("write against write: 2+2W, R and S") {
  const Side x_then_y = [](World& w) {
    w.x.store(1, kRlx);
    w.y.store(2, kRlx);
  };
  const Side y_then_x = [](World& w) {
    w.y.store(1, kRlx);
    w.x.store(2, kRlx);
  };
  // C++20 allows both first writes to be final. Modification order is the order of execution here, so it does
  // not appear: a store is never ordered before an older one.
  CHECK_FALSE(appears({x_then_y, y_then_x}, MemoryModel::cpp20, "0000 11"));
  CHECK_FALSE(appears({x_then_y, y_then_x}, MemoryModel::sequential, "0000 11"));
  // R: y is final 2 although the second thread, which wrote it, does not see x. Allowed unless all is
  // sequentially consistent.
  const Side write_both = [](World& w) {
    w.x.store(1, kRlx);
    w.y.store(1, kRlx);
  };
  const Side write_and_look = [](World& w) {
    w.y.store(2, kRlx);
    w.r[0] = w.x.load(kRlx);
  };
  CHECK(appears({write_both, write_and_look}, MemoryModel::cpp20, "0000 12"));
  CHECK_FALSE(appears({write_both, write_and_look}, MemoryModel::sequential, "0000 12"));
  // S: who saw y published writes x after the write that came before it.
  const Side two_then_publish = [](World& w) {
    w.x.store(2, kRlx);
    w.y.store(1, kRel);
  };
  const Side receive_and_write = [](World& w) {
    w.r[0] = w.y.load(kAcq);
    w.x.store(1, kRlx);
  };
  forbidden({two_then_publish, receive_and_write}, "1000 21");
}

TEST_CASE("load buffering appears under neither model") {
  // C++20 allows 11 with relaxed operations. A load here never sees the future.
  const Side one = [](World& w) {
    w.r[0] = w.x.load(kRlx);
    w.y.store(1, kRlx);
  };
  const Side other = [](World& w) {
    w.r[1] = w.y.load(kRlx);
    w.x.store(1, kRlx);
  };
  forbidden({one, other}, "11");
}

TEST_CASE("causality goes through a third thread") {
  const Side write = [](World& w) { w.x.store(1, kRlx); };
  const Side pass_on = [](World& w) {
    w.r[0] = w.x.load(kAcq);
    w.y.store(1, kRel);
  };
  const Side write_released = [](World& w) { w.x.store(1, kRel); };
  const Side look = [](World& w) {
    w.r[1] = w.y.load(kAcq);
    w.r[2] = w.x.load(kRlx);
  };
  const Side look_relaxed = [](World& w) {
    w.r[1] = w.y.load(kRlx);
    w.r[2] = w.x.load(kRlx);
  };
  // WRC: what the middle thread saw, who sees its message sees too.
  forbidden({write, pass_on, look}, "110");
  forbidden({write_released, pass_on, look}, "110");
  allowed({write, pass_on, look_relaxed}, "110");
}

TEST_CASE("independent reads of independent writes, by order and by fence") {
  const Side release_x = [](World& w) { w.x.store(1, kRel); };
  const Side release_y = [](World& w) { w.y.store(1, kRel); };
  const Side write_x = [](World& w) { w.x.store(1, kRlx); };
  const Side write_y = [](World& w) { w.y.store(1, kRlx); };
  const Side xy = [](World& w) {
    w.r[0] = w.x.load(kAcq);
    w.r[1] = w.y.load(kAcq);
  };
  const Side yx = [](World& w) {
    w.r[2] = w.y.load(kAcq);
    w.r[3] = w.x.load(kAcq);
  };
  const Side xy_fenced = [](World& w) {
    w.r[0] = w.x.load(kRlx);
    std::atomic_thread_fence(kSc);
    w.r[1] = w.y.load(kRlx);
  };
  const Side yx_fenced = [](World& w) {
    w.r[2] = w.y.load(kRlx);
    std::atomic_thread_fence(kSc);
    w.r[3] = w.x.load(kRlx);
  };
  allowed({release_x, release_y, xy, yx}, "1010");
  forbidden({write_x, write_y, xy_fenced, yx_fenced}, "1010");
  allowed({write_x, write_y, xy_fenced, yx}, "1010");  // One fence alone is not enough.
  // Sequentially consistent loads agree on one order, also of stores that are not.
  const Side xy_ordered = [](World& w) {
    w.r[0] = w.x.load(kSc);
    w.r[1] = w.y.load(kSc);
  };
  const Side yx_ordered = [](World& w) {
    w.r[2] = w.y.load(kSc);
    w.r[3] = w.x.load(kSc);
  };
  forbidden({write_x, write_y, xy_ordered, yx_ordered}, "1010");
  forbidden({write_x, write_y, xy_ordered, yx_fenced}, "1010");
}

TEST_CASE("release sequences") {
  const Side publish_two = [](World& w) {
    w.x.store(1, kRlx);
    w.y.store(2, kRel);
  };
  const Side update = [](World& w) { w.y.fetch_add(1, kRlx); };
  const Side overwrite = [](World& w) {
    if (w.y.load(kRlx) == 2) w.y.store(3, kRlx);
  };
  const Side publish_and_overwrite = [](World& w) {
    w.x.store(1, kRlx);
    w.y.store(2, kRel);
    w.y.store(3, kRlx);
  };
  // A relaxed update by another thread goes on with the sequence; a plain store ends it, since C++20 also one
  // by the same thread.
  forbidden({publish_two, update, kReceive}, "30");
  allowed({publish_two, overwrite, kReceive}, "30");
  allowed({publish_and_overwrite, kReceive}, "30");
  // Exchanges and successful compare-exchanges are updates too; a failed one is a load.
  const Side exchange = [](World& w) {
    int two = 2;
    w.y.compare_exchange_strong(two, 3, kRlx);
  };
  forbidden({publish_two, exchange, kReceive}, "30");
  const Side receive_by_failure = [](World& w) {
    int never = 9;
    w.y.compare_exchange_strong(never, 10, kAcq, kAcq);
    w.r[0] = never;
    w.r[1] = w.x.load(kRlx);
  };
  forbidden({publish_two, receive_by_failure}, "20");
}
