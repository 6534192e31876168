// Operation, spinner and other tasks share one thread: all of them go on, and no thread is made.
#include <algorithm>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

struct Threads {
  int most = 0;
  void count() { most = std::max(most, racecourse::thread_count()); }
};

Task<void> tick(EventLoop& loop, Diary& diary, Threads& threads, Duration interval, int ticks) {
  for (int i = 0; i < ticks; ++i) {
    threads.count();
    diary.note_at("tick");
    co_await loop.sleep(interval);
  }
}

Task<void> chatter(EventLoop& loop, int turns) {
  for (int turn = 0; turn < turns; ++turn) co_await loop.yield();
}

Task<Result> slow(EventLoop& loop, Threads& threads, int steps) {
  for (int step = 0; step < steps; ++step) {
    co_await loop.sleep(5ms);
    threads.count();
  }
  co_return 0;
}

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, Threads& threads) {
  (void)co_await async_spinner::with_task_spinner(loop, terminal, 10ms, slow(loop, threads, 9));
  threads.count();
}

}  // namespace

RACECOURSE_SCENARIO(task_spinner_shares_loop) {
  VirtualClock clock;
  Diary diary(clock);
  VirtualTerminal terminal(clock);
  Threads threads;
  const auto loop = async_spinner::make_loop(clock);
  loop->spawn(supervise(*loop, terminal, threads));
  loop->spawn(tick(*loop, diary, threads, 7ms, 7));
  loop->spawn(chatter(*loop, static_cast<int>(racecourse::inputs().between(50, 200))));
  threads.count();
  run(*loop);
  threads.count();
  EXPECT_TEXT(diary.text(), "tick@0 tick@7 tick@14 tick@21 tick@28 tick@35 tick@42",
              "other tasks must go on beside the spinner and the operation");
  EXPECT_TEXT(terminal.text(), "|@0 /@10 -@20 \\@30 |@40 C@45",
              "the spinner must draw at its interval, however many turns other tasks take");
  racecourse::expect(threads.most == 1, racecourse::Fault::wrong_outcome,
                     "the coroutine half must not make a thread; there was more than one");
}
