// Ready tasks get their turns in the order in which they became ready; spawning runs nothing before its turn.
#include <deque>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> newcomer(Diary& diary) {
  diary.note("new");
  co_return;
}

Task<void> take_turns(EventLoop& loop, Diary& diary, std::string name, int turns, bool spawns) {
  for (int turn = 1;; ++turn) {
    diary.note(name + std::to_string(turn));
    if (turn == 1 && spawns) {
      loop.spawn(newcomer(diary));
      diary.note("spawned");
    }
    if (turn == turns) co_return;
    co_await loop.yield();
  }
}

}  // namespace

RACECOURSE_SCENARIO(loop_gives_turns_in_order) {
  struct Expected {
    std::string name;
    int turn = 0;
    int turns = 0;
  };
  VirtualClock clock;
  Diary diary(clock);
  Diary model(clock);
  std::deque<Expected> queue;
  const auto loop = async_spinner::make_loop(clock);
  for (const char* name : {"a", "b", "c", "d"}) {
    const int turns = static_cast<int>(racecourse::inputs().between(1, 6));
    loop->spawn(take_turns(*loop, diary, name, turns, *name == 'b'));
    queue.push_back({name, 1, turns});
  }
  CHECK_MESSAGE(diary.text().empty(), "spawn() must not run the task; run() does");
  run(*loop);
  while (!queue.empty()) {
    Expected task = queue.front();
    queue.pop_front();
    if (task.name == "new") {
      model.note("new");
      continue;
    }
    model.note(task.name + std::to_string(task.turn));
    if (task.turn == 1 && task.name == "b") {
      queue.push_back({"new"});
      model.note("spawned");
    }
    if (task.turn++ < task.turns) queue.push_back(task);
  }
  EXPECT_TEXT(diary.text(), model.text(),
              "ready tasks must get their turns in the order in which they became ready");
  CHECK_MESSAGE(clock.sleeps().empty(), "a loop with ready tasks only must not sleep");
}
