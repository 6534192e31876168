// Goal: when the function returns, its thread has ended. Method: the thread's last moment is the destructor
// of a thread_local that the first frame makes; in every interleaving it must lie before the return.
#include "thread_terminal.hpp"

using namespace scenarios;

namespace {

struct LastMoment {
  std::atomic<int>* ended = nullptr;
  ~LastMoment() {
    if (ended != nullptr) ended->fetch_add(1);
  }
};

void note_end_of_this_thread(std::atomic<int>& ended) {
  thread_local LastMoment last_moment;
  last_moment.ended = &ended;
}

}  // namespace

RACECOURSE_SCENARIO(thread_is_joined) {
  // Never destroyed, because a thread that is not joined may outlive the scenario's body.
  auto& begun = *new std::atomic<int>(0);
  auto& ended = *new std::atomic<int>(0);
  ThreadTerminal& terminal = make_terminal();
  const auto caller = std::this_thread::get_id();
  terminal.on_draw = [&begun, &ended, caller](int frame) {
    if (frame != 1 || std::this_thread::get_id() == caller) return;
    begun.fetch_add(1);
    note_end_of_this_thread(ended);
  };
  (void)async_spinner::with_thread_spinner(terminal, 100ms, sleeping(150ms));
  CHECK_MESSAGE(!terminal.frames().empty(), "while the operation takes its time, a frame must be drawn");
  racecourse::expect(
      begun.load() == ended.load(), racecourse::Fault::thread_leak,
      "when the function returns, the spinner's thread must have been joined; it was still running");
}
