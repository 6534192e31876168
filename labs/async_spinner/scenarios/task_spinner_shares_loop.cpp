// Goal: operation, spinner and other tasks share one thread, and all of them go on. Method: a task that ticks
// and one that is always ready beside a spinner; the terminal is used by the loop's thread alone.
#include <thread>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace task_spinner_shares_loop {

// Notes whether any other thread than the one that made it draws or cleans.
class OneThreadTerminal final : public async_spinner::Terminal {
 public:
  explicit OneThreadTerminal(async_spinner::Terminal& inner) : inner_(inner) {}
  void draw(char frame) override {
    look();
    inner_.draw(frame);
  }
  void clear() override {
    look();
    inner_.clear();
  }
  bool others = false;

 private:
  void look() { others = others || std::this_thread::get_id() != own_; }
  async_spinner::Terminal& inner_;
  const std::thread::id own_ = std::this_thread::get_id();
};

Task<void> tick(EventLoop& loop, Diary& diary, Duration interval, int ticks) {
  for (int i = 0; i < ticks; ++i) {
    diary.note_at("tick");
    co_await loop.sleep(interval);
  }
}

Task<void> chatter(EventLoop& loop, int turns) {
  for (int turn = 0; turn < turns; ++turn) co_await loop.yield();
}

Task<Result> slow(EventLoop& loop, int steps) {
  for (int step = 0; step < steps; ++step) co_await loop.sleep(5ms);
  co_return 0;
}

Task<void> supervise(EventLoop& loop, async_spinner::Terminal& terminal) {
  (void)co_await async_spinner::with_task_spinner(loop, terminal, 10ms, slow(loop, 9));
}

RACECOURSE_SCENARIO(task_spinner_shares_loop) {
  VirtualClock clock;
  Diary diary(clock);
  VirtualTerminal inner(clock);
  OneThreadTerminal terminal(inner);
  const auto loop = async_spinner::make_loop(clock);
  loop->spawn(supervise(*loop, terminal));
  loop->spawn(tick(*loop, diary, 7ms, 7));
  loop->spawn(chatter(*loop, static_cast<int>(racecourse::inputs().between(50, 200))));
  run(*loop);
  EXPECT_TEXT(diary.text(), "tick@0 tick@7 tick@14 tick@21 tick@28 tick@35 tick@42",
              "other tasks must go on beside the spinner and the operation");
  EXPECT_TEXT(inner.text(), "|@0 /@10 -@20 \\@30 |@40 C@45",
              "the spinner must draw at its interval, however many turns other tasks take");
  CHECK_MESSAGE(!terminal.others, "the coroutine half must draw in the thread of its loop");
}

}  // namespace task_spinner_shares_loop
}  // namespace
