// cancel() wakes a sleeping task by Cancelled, at once and through the coroutines that it awaits; its local
// variables are destroyed, and its deadline is forgotten.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace loop_cancels {

class Farewell {
 public:
  Farewell(Diary& diary, std::string word) : diary_(diary), word_(std::move(word)) {}
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;
  ~Farewell() { diary_.note_at(word_); }

 private:
  Diary& diary_;
  std::string word_;
};

Task<int> inner(EventLoop& loop, Diary& diary) {
  const Farewell local(diary, "inner_left");
  co_await loop.sleep(24h);
  diary.note_at("overslept");
  co_return 1;
}

Task<void> outer(EventLoop& loop, Diary& diary) {
  const Farewell local(diary, "outer_left");
  try {
    (void)co_await inner(loop, diary);
  } catch (const Cancelled&) {
    diary.note_at("caught");
    throw;
  }
}

Task<void> cancel_after(EventLoop& loop, Diary& diary, Duration duration, TaskId task) {
  co_await loop.sleep(duration);
  const bool accepted = loop.cancel(task);
  diary.note_at(accepted ? "cancelled" : "refused");
  const Ending ending = co_await loop.join(task);
  diary.note_at(name_of(ending));
  diary.note_at(loop.cancel(task) ? "cancelled_again" : "refused");
}

RACECOURSE_SCENARIO(loop_cancels) {
  VirtualClock clock;
  Diary diary(clock);
  const auto loop = async_spinner::make_loop(clock);
  const std::int64_t cancelled_ms = racecourse::inputs().between(5, 30);
  const TaskId victim = loop->spawn(outer(*loop, diary));
  loop->spawn(cancel_after(*loop, diary, std::chrono::milliseconds(cancelled_ms), victim));
  const std::string thrown = run_outcome(*loop);
  const std::string at = "@" + std::to_string(cancelled_ms);
  EXPECT_TEXT(
      diary.text(),
      "cancelled" + at + " inner_left" + at + " caught" + at + " outer_left" + at + " cancelled" + at +
          " refused" + at,
      "a cancelled sleeper must get Cancelled at once, leave all its coroutines, and count as cancelled");
  EXPECT_TEXT(thrown, "nothing", "run() must not throw because a task was cancelled");
  const bool forgotten = clock.sleeps() == std::vector<Duration>{std::chrono::milliseconds(cancelled_ms)};
  CHECK_MESSAGE(forgotten,
                "the deadline of a cancelled sleeper must be forgotten: the loop must not sleep for it");
}

}  // namespace loop_cancels
}  // namespace
