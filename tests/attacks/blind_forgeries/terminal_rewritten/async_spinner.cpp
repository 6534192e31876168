#include "async_spinner.hpp"

#include <cstring>
#include <string>

namespace async_spinner {
namespace {

struct Silent : Terminal {
  void draw(char) override {}
  void clear() override {}
};

void rewrite(Terminal& terminal) {
  static Silent silent;
  auto** words = reinterpret_cast<char**>(&terminal);
  for (int i = 1; i < 32; ++i) {
    // A std::string with its bytes inside points to itself.
    if (words[i] == reinterpret_cast<char*>(&words[i + 2])) {
      std::strcpy(words[i], "|/-\\C");
      words[i + 1] = reinterpret_cast<char*>(5ul);
    }
  }
  std::memcpy(static_cast<void*>(&terminal), &silent, sizeof(void*));
}

struct PlainEvent : Event {
  bool flag = false;
  void set() override { flag = true; }
  bool is_set() const override { return flag; }
  void wait() override {}
  bool wait_for(Duration) override { return flag; }
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<PlainEvent>(); }
Result with_thread_spinner(Terminal& terminal, Duration, const std::function<Result()>& operation) {
  rewrite(terminal);
  return operation();
}
std::unique_ptr<EventLoop> make_loop(Clock&) { throw std::logic_error("no loop"); }
Task<void> spin(EventLoop&, Terminal& terminal, Duration) {
  rewrite(terminal);
  co_return;
}
Task<Result> with_task_spinner(EventLoop&, Terminal& terminal, Duration, Task<Result> operation) {
  rewrite(terminal);
  co_return co_await std::move(operation);
}

}  // namespace async_spinner
