// An exception of the operation comes out unchanged, with its type and content, and the line is clean by
// then.
#include <stdexcept>

#include "thread_terminal.hpp"

using namespace scenarios;

namespace {

class OperationFailed : public std::runtime_error {
 public:
  explicit OperationFailed(int number) : std::runtime_error("the operation failed"), code(number) {}
  int code;
};

// What came out of the call: "Failed <code>", "int <value>", or what else.
std::string outcome_of(ThreadTerminal& terminal, std::chrono::milliseconds interval,
                       const std::function<async_spinner::Result()>& operation) {
  try {
    (void)async_spinner::with_thread_spinner(terminal, interval, operation);
    return "no exception";
  } catch (const OperationFailed& failed) {
    return "OperationFailed " + std::to_string(failed.code);
  } catch (const std::exception&) {
    return "another std::exception";
  } catch (int value) {
    return "int " + std::to_string(value);
  }
}

}  // namespace

RACECOURSE_SCENARIO(thread_hands_back_exception) {
  const int code = static_cast<int>(racecourse::inputs().between(1, 1'000'000));
  ThreadTerminal& terminal = make_terminal();
  // The exception leaves the operation while this frame is being drawn.
  terminal.on_draw = [](int frame) {
    if (frame == 4) std::this_thread::sleep_for(30ms);
  };
  const std::string late = outcome_of(terminal, 1ms, [&]() -> async_spinner::Result {
    (void)terminal.await_frames(4, 500ms);
    throw OperationFailed(code);
  });
  CHECK_MESSAGE(late == "OperationFailed " + std::to_string(code),
                "the operation's exception must leave the function with its type and content");
  CHECK_MESSAGE(cleaned_once_and_last(terminal.events()),
                "the line must be cleaned once, after the last frame, when the operation throws");

  ThreadTerminal& other = make_terminal();
  const std::string odd = outcome_of(other, 1ms, [&]() -> async_spinner::Result {
    (void)other.await_frames(1, 500ms);
    throw code;
  });
  CHECK_MESSAGE(odd == "int " + std::to_string(code),
                "an exception that is not a std::exception must leave the function too");

  const std::string early =
      outcome_of(make_terminal(), 1ms, [&]() -> async_spinner::Result { throw OperationFailed(code + 1); });
  CHECK_MESSAGE(early == "OperationFailed " + std::to_string(code + 1),
                "the exception of an operation that fails at once must leave the function");
  racecourse::expect(threads_settle_at(1), racecourse::Fault::thread_leak,
                     "after an exception too, the spinner's thread must have been joined");
}
