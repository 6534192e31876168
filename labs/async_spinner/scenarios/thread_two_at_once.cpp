// Goal: two threads have a spinner each at the same time, and nothing is shared between the calls. Method:
// both call at once, under controlled schedules a single frame long, under ThreadSanitizer for a while.
#include <array>
#include <exception>

#include "plain_terminal.hpp"

using namespace scenarios;

namespace {
namespace thread_two_at_once {

struct User {
  PlainTerminal& terminal = make_plain_terminal();
  async_spinner::Result result = -1;
  std::exception_ptr failure;
};

void use_a_spinner(User& user, async_spinner::Result number, int frames) {
  try {
    user.result = async_spinner::with_thread_spinner(user.terminal, 10ms, [&] {
      if (racecourse::under_tsan())
        user.terminal.await_frames(frames);
      else
        std::this_thread::sleep_for(15ms);
      return number;
    });
  } catch (...) {
    user.failure = std::current_exception();
  }
}

RACECOURSE_SCENARIO(thread_two_at_once) {
  const int frames = static_cast<int>(racecourse::inputs().between(4, 6));
  std::array<User, 2> users;
  {
    const std::jthread other([&] { use_a_spinner(users[1], 1, frames); });
    use_a_spinner(users[0], 0, frames);
  }
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (users[i].failure) std::rethrow_exception(users[i].failure);
    CHECK_MESSAGE(users[i].terminal.events() > 0,
                  "while the operation takes its time, a frame must be drawn");
    CHECK_MESSAGE(users[i].result == static_cast<async_spinner::Result>(i),
                  "each call must hand back the result of its own operation");
  }
}

}  // namespace thread_two_at_once
}  // namespace
