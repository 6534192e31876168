// Goal: an exception of the operation comes out unchanged, with its type and content, at once, and the line
// is clean by then. Method: operations that throw between two frames, something odd, and at once.
#include <stdexcept>

#include "thread_terminal.hpp"

using namespace scenarios;

namespace {

class OperationFailed : public std::runtime_error {
 public:
  explicit OperationFailed(int number) : std::runtime_error("the operation failed"), code(number) {}
  int code;
};

struct Outcome {
  std::string text;  // What came out of the call.
  bool clean = false;
};

template <class Thrown>
Outcome outcome_of_throwing(Duration after, Thrown thrown) {
  ThreadTerminal& terminal = make_terminal();
  Outcome outcome;
  try {
    (void)async_spinner::with_thread_spinner(terminal, 10min, [&]() -> Result {
      (void)sleeping(after)();
      throw thrown;
    });
    outcome.text = "no exception";
  } catch (const OperationFailed& failed) {
    outcome.text = "OperationFailed " + std::to_string(failed.code);
  } catch (const std::exception&) {
    outcome.text = "another std::exception";
  } catch (int value) {
    outcome.text = "int " + std::to_string(value);
  }
  outcome.clean = cleaned_once_and_last(terminal.events());
  return outcome;
}

}  // namespace

RACECOURSE_SCENARIO(thread_hands_back_exception) {
  const int code = static_cast<int>(racecourse::inputs().between(1, 1'000'000));
  const Outcome late = outcome_of_throwing(15min, OperationFailed(code));
  CHECK_MESSAGE(late.text == "OperationFailed " + std::to_string(code),
                "the operation's exception must leave the function with its type and content");
  CHECK_MESSAGE(late.clean, "the line must be cleaned once, after the last frame, when the operation throws");
  const Outcome odd = outcome_of_throwing(5min, code);
  CHECK_MESSAGE(odd.text == "int " + std::to_string(code),
                "an exception that is not a std::exception must leave the function too");
  const Outcome early = outcome_of_throwing(0ms, OperationFailed(code + 1));
  CHECK_MESSAGE(early.text == "OperationFailed " + std::to_string(code + 1),
                "the exception of an operation that fails at once must leave the function");
}
