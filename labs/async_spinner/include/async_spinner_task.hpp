// Task<T>: a coroutine that computes a T. Given to you complete; read it once, there is nothing to write
// here.
//
// - A task starts lazily: calling the coroutine function only makes its frame. It runs when a loop resumes it
//   (EventLoop::spawn) or when another coroutine says `co_await std::move(task)`.
// - The Task object owns the frame: destroying the Task destroys the frame, with the parameters and local
// variables
//   that still live in it. A Task can be moved but not copied.
// - An exception that leaves the coroutine's body is kept in the frame: `co_await` throws it again,
// exception() shows it.
// - A destroyed frame is overwritten, so that whoever still uses it crashes at once instead of seeming to
// work. Not thread-safe: a task belongs to the thread of its loop.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace async_spinner {

template <class T = void>
class Task;

namespace detail {

// What the promises of all tasks have in common.
class PromiseBase {
 public:
  // Hands the thread to the coroutine that awaits this one, or back to whoever resumed it.
  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const std::coroutine_handle<> awaiting = ended.promise().awaiting_;
      return awaiting ? awaiting : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  void set_awaiting(std::coroutine_handle<> coroutine) noexcept { awaiting_ = coroutine; }
  const std::exception_ptr& exception() const noexcept { return exception_; }

  // Not inlined: g++ would warn that the two do not match once it has inlined only one of them.
  [[gnu::noinline]] static void* operator new(std::size_t size) { return ::operator new(size); }
  [[gnu::noinline]] static void operator delete(void* frame, std::size_t size) {
    std::memset(frame, 0xDD, size);
    asm volatile("" : : "r"(frame) : "memory");  // Keeps the compiler from leaving the memset out.
    ::operator delete(frame);
  }

 private:
  std::coroutine_handle<> awaiting_;
  std::exception_ptr exception_;
};

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  void return_value(T value) { value_ = std::move(value); }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  Task() noexcept = default;
  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      const Task old(std::exchange(coroutine_, std::exchange(other.coroutine_, {})));
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  // False for a Task that was moved from or made by Task().
  explicit operator bool() const noexcept { return static_cast<bool>(coroutine_); }

  // The three below need a Task that holds a coroutine.
  // The coroutine of this task itself. While it awaits another Task, the one to resume is the inner one.
  [[nodiscard]] std::coroutine_handle<> handle() const noexcept { return coroutine_; }
  // True once the body has ended, by co_return or by an exception. An ended coroutine must not be resumed.
  [[nodiscard]] bool done() const noexcept { return coroutine_.done(); }
  // The exception that left the body; null while it runs and if it ended without one.
  [[nodiscard]] std::exception_ptr exception() const noexcept { return coroutine_.promise().exception(); }

  // `co_await std::move(task)`: runs the task inside the awaiting coroutine's turn, like a function call;
  // gives its value or throws its exception. The loop is not asked: to it, both are one task.
  auto operator co_await() && noexcept {
    class Awaiter {
     public:
      explicit Awaiter(Task&& task) noexcept : task_(std::move(task)) {}
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        task_.coroutine_.promise().set_awaiting(awaiting);
        return task_.coroutine_;
      }
      T await_resume() {
        if (task_.exception()) std::rethrow_exception(task_.exception());
        return task_.coroutine_.promise().take();
      }

     private:
      Task task_;
    };
    return Awaiter(std::move(*this));
  }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace detail

}  // namespace async_spinner
