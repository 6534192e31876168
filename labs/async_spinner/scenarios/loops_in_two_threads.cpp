// Goal: loops of different threads have nothing in common. Method: two threads have a loop each, in every
// interleaving; what is drawn is the demand of other scenarios.
#include <array>
#include <exception>
#include <thread>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace loops_in_two_threads {

Task<Result> slow(EventLoop& loop, int steps) {
  for (int step = 0; step < steps; ++step) {
    co_await loop.sleep(3ms);
    co_await loop.yield();
  }
  co_return steps;
}

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, int steps, Result& result) {
  result = co_await async_spinner::with_task_spinner(loop, terminal, 2ms, slow(loop, steps));
}

struct User {
  Result result = 0;
  std::exception_ptr failure;
};

void use_a_loop(User& user, int steps) {
  try {
    VirtualClock clock;
    VirtualTerminal terminal(clock);
    const auto loop = async_spinner::make_loop(clock);
    loop->spawn(supervise(*loop, terminal, steps, user.result));
    loop->run();
  } catch (...) {
    user.failure = std::current_exception();
  }
}

RACECOURSE_SCENARIO(loops_in_two_threads) {
  constexpr int kSteps = 1;  // The operation ends at an odd time.
  std::array<User, 2> users;
  {
    const std::jthread other([&] { use_a_loop(users[1], kSteps); });
    use_a_loop(users[0], kSteps);
  }
  for (const User& user : users) {
    try {
      if (user.failure) std::rethrow_exception(user.failure);
    } catch (const NothingMoves& stuck) {
      FAIL(stuck.what());
    }
    EXPECT_TEXT(std::to_string(user.result), std::to_string(kSteps), "each loop must run its own operation");
  }
}

}  // namespace loops_in_two_threads
}  // namespace
