// Your solution of the lab async_spinner. The handout and the header async_spinner.hpp say what each function
// must do. Check it with:  make check LAB=async_spinner
#include "async_spinner.hpp"

#include <stdexcept>

namespace async_spinner {

// Part A: threads.

std::unique_ptr<Event> make_event() {
  // Write a class that derives from Event, and return an object of it.
  throw std::logic_error("not implemented: make_event");
}

Result with_thread_spinner(Terminal& /*terminal*/, Duration /*interval*/,
                           const std::function<Result()>& /*operation*/) {
  // Start a thread that draws until an event is set; call the operation; set the event; join the thread.
  throw std::logic_error("not implemented: with_thread_spinner");
}

// Part B: coroutines in one thread.

std::unique_ptr<EventLoop> make_loop(Clock& /*clock*/) {
  // Write a class that derives from EventLoop, and return an object of it.
  throw std::logic_error("not implemented: make_loop");
}

Task<void> spin(EventLoop& /*loop*/, Terminal& /*terminal*/, Duration /*interval*/) {
  // Draw and sleep in turn until Cancelled arrives.
  throw std::logic_error("not implemented: spin");
  co_return;
}

Task<Result> with_task_spinner(EventLoop& /*loop*/, Terminal& /*terminal*/, Duration /*interval*/,
                               Task<Result> /*operation*/) {
  // Spawn the spinner; await the operation; cancel the spinner and join it; hand back what the operation
  // gave.
  throw std::logic_error("not implemented: with_task_spinner");
  co_return 0;
}

}  // namespace async_spinner
