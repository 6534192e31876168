// Sleepers wake at their deadlines, the earlier first; of equal deadlines the one that began to sleep first.
#include <algorithm>
#include <utility>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> sleeper(EventLoop& loop, Diary& diary, std::string name, Duration first, Duration second) {
  co_await loop.sleep(first);
  diary.note_at(name);
  if (second > 0ms) {
    co_await loop.sleep(second);
    diary.note_at(name + "'");
  }
}

}  // namespace

RACECOURSE_SCENARIO(loop_wakes_sleepers_in_order) {
  VirtualClock clock;
  Diary diary(clock);
  const auto loop = async_spinner::make_loop(clock);
  std::vector<std::pair<std::int64_t, std::string>> wakings;
  for (char letter = 'a'; letter < 'a' + 14; ++letter) {
    // Few different durations, so that many deadlines are equal.
    const std::int64_t first = 10 * racecourse::inputs().between(1, 5);
    // 1000 and more keeps the second sleeps behind all first ones, where their order is that of the first
    // wakings.
    const bool twice = racecourse::inputs().coin();
    const std::string name(1, letter);
    loop->spawn(sleeper(*loop, diary, name, std::chrono::milliseconds(first), twice ? 1000ms : 0ms));
    wakings.emplace_back(first, name);
    if (twice) wakings.emplace_back(first + 1000, name + "'");
  }
  run(*loop);
  std::stable_sort(wakings.begin(), wakings.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::string expected;
  for (const auto& [at, name] : wakings)
    expected += (expected.empty() ? "" : " ") + name + "@" + std::to_string(at);
  EXPECT_TEXT(
      diary.text(), expected,
      "sleepers must wake at their deadlines, the earliest first, equal ones in the order of going to sleep");
}
