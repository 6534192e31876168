// Two threads have a spinner each at the same time: nothing is shared between the calls. Judged
// under ThreadSanitizer.
#include <array>
#include <exception>

#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_two_at_once) {
  constexpr std::size_t kUsers = 2;
  constexpr int kCalls = 2;
  struct User {
    std::array<ThreadTerminal*, kCalls> terminals{};
    bool drawn = true;
    bool results_right = true;
    std::size_t events = 0;
    std::exception_ptr failure;
  };
  std::array<User, kUsers> users;
  const int frames = static_cast<int>(racecourse::inputs().between(6, 9));
  for (User& user : users)
    for (auto& terminal : user.terminals) {
      terminal = &make_terminal();
      terminal->on_draw = [terminal, frames](int frame) {
        if (frame == frames) terminal->linger();
      };
    }
  {
    std::array<std::jthread, kUsers> threads;
    for (std::size_t i = 0; i < kUsers; ++i)
      threads[i] = std::jthread([&user = users[i], frames] {
        try {
          for (int call = 0; call < kCalls; ++call) {
            ThreadTerminal& terminal = *user.terminals[static_cast<std::size_t>(call)];
            const auto result = async_spinner::with_thread_spinner(terminal, 1ms, [&] {
              user.drawn = terminal.await_frames(frames) && user.drawn;
              terminal.end_is_near();
              return call;
            });
            user.results_right = user.results_right && result == call;
            user.events +=
                terminal.events().size();  // What the caller sees must have happened before it looks.
          }
        } catch (...) {
          user.failure = std::current_exception();
        }
      });
  }
  for (const User& user : users)
    if (user.failure) std::rethrow_exception(user.failure);
  (void)threads_settle_at(1);
  for (const User& user : users) {
    CHECK_MESSAGE(user.drawn, "a spinner must not stop because another one does");
    CHECK_MESSAGE(user.results_right, "each call must hand back the result of its own operation");
  }
}
