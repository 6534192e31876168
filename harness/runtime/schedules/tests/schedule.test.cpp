// Goal: schedules and tokens survive their text form, and nonsense is refused. Then: a schedule replays
// exactly.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "explore.hpp"
#include "portfolio.hpp"
#include "schedule.hpp"
#include "token.hpp"

using namespace racecourse::schedules;

TEST_CASE("a schedule is read back as it was written") {
  const Schedule schedule{{{12, ':', 0, 1}, {15, 't', 0, 1}, {15, 'n', 1, 2}, {900, 'w', 0, 1}}};
  CHECK(to_text(schedule) == "12:1,15t1,15n1.2,900w1");
  CHECK(schedule_from(to_text(schedule)) == schedule);
  CHECK(schedule_from("") == Schedule{});
}

TEST_CASE("what is no schedule is refused") {
  for (const char* text :
       {"x", "1", "1:", "1:1,", ",1:1", "2:1,1:1", "1q1", "1:1:1", "1n1.", "-1:1", "1n70000.1"}) {
    CAPTURE(text);
    CHECK_FALSE(schedule_from(text).has_value());
  }
}

TEST_CASE("a token is read back as it was written") {
  Token token = token_of_this_build({});
  token.memory_model = MemoryModel::cpp20;
  token.schedule = *schedule_from("3:1,9:0");
  CHECK(token_from(to_text(token)) == token);
  CHECK(token.build.size() == 12);
  for (const char* text :
       {"", "rc1", "rc2-gcc12-0-s-", "rc1-gcc12--s-", "rc1-gcc12-00-x-", "rc1-gcc12-00-s-7"}) {
    CAPTURE(text);
    CHECK_FALSE(token_from(text).has_value());
  }
}

TEST_CASE("every outcome of an exploration comes back from its schedule") {
  const auto body = [] {
    std::atomic<int> value = 0;
    const auto work = [&] {
      for (int i = 0; i < 2; ++i) value.store(value.load() + 1);
    };
    std::thread a(work);
    std::thread b(work);
    std::thread c(work);
    a.join();
    b.join();
    c.join();
    observe("value", std::to_string(value.load()));
  };
  Options options;
  options.executions_max = 500;
  options.world_modules = {};
  Portfolio strategy(3);
  const Summary summary = explore(body, strategy, options);
  CHECK(summary.outcomes.size() >= 4);
  for (const auto& [outcome, schedule] : summary.outcomes) {
    CAPTURE(to_text(schedule));
    const Replay first = replay(body, schedule, options);
    CHECK(first.outcome == outcome);
    CHECK(first.faithful);
    CHECK(replay(body, schedule, options).digest == first.digest);
  }
}

TEST_CASE("equal seeds give equal explorations") {
  const auto body = [] {
    std::atomic<int> value = 0;
    const auto work = [&] { value.store(value.load() + 1); };
    std::thread a(work);
    std::thread b(work);
    a.join();
    b.join();
    observe("value", std::to_string(value.load()));
  };
  Options options;
  options.executions_max = 100;
  options.world_modules = {};
  Portfolio one(5);
  Portfolio two(5);
  const Summary first = explore(body, one, options);
  const Summary second = explore(body, two, options);
  CHECK(first.steps == second.steps);
  CHECK(first.switches == second.switches);
  CHECK(first.outcomes == second.outcomes);
}
