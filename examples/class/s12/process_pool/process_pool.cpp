#include "process_pool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

struct Frame {
  std::uint64_t word;  // Down: the task's address. Up: 0 value, 1 exception.
  std::uint64_t length;
};

std::string framed(std::uint64_t word, const std::string& payload) {
  Frame frame{word, payload.size()};
  std::string out(sizeof frame, '\0');
  std::memcpy(out.data(), &frame, sizeof frame);
  return out + payload;
}

// Repeats `call` over a range of bytes until all of them are done; false if the other side is gone.
bool all_of_it(std::size_t size, const std::function<ssize_t(std::size_t)>& call) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t n = call(done);
    if (n > 0) done += static_cast<std::size_t>(n);
    if (n == 0 || (n < 0 && errno != EINTR)) return false;
  }
  return true;
}

[[noreturn]] void worker_main(int fd) {
  const auto read_into = [&](void* to, std::size_t size) {
    return all_of_it(
        size, [&](std::size_t done) { return ::read(fd, static_cast<char*>(to) + done, size - done); });
  };
  Frame frame{};
  while (read_into(&frame, sizeof frame)) {
    std::string argument(frame.length, '\0');
    if (!read_into(argument.data(), argument.size())) break;
    std::string out;
    try {
      out = framed(0, reinterpret_cast<Task>(frame.word)(argument));
    } catch (const std::exception& error) {
      out = framed(1, error.what());
    } catch (...) {
      out = framed(1, "unknown exception");
    }
    if (!all_of_it(out.size(), [&](std::size_t done) {
          return ::send(fd, out.data() + done, out.size() - done, MSG_NOSIGNAL);
        }))
      break;
  }
  ::_exit(0);
}

// An outcome that several threads look at.
class Outcome {
 public:
  void set_value(std::string value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    known_ = true;
    changed_.notify_all();
  }
  void set_error(int kind, std::string text) {
    const std::lock_guard lock(mutex_);
    kind_ = kind;
    value_ = std::move(text);
    known_ = true;
    changed_.notify_all();
  }
  template <class Wait>
  bool await(Wait wait) {
    std::unique_lock lock(mutex_);
    return wait(changed_, lock, [&] { return known_; });
  }
  std::string take() {
    const std::lock_guard lock(mutex_);
    if (kind_ == 1) throw TaskFailed(value_);
    if (kind_ == 2) throw WorkerDied(value_);
    if (kind_ == 3) throw PoolTerminated(value_);
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool known_ = false;
  int kind_ = 0;
  std::string value_;
};

class Handle : public AsyncResult {
 public:
  explicit Handle(std::shared_ptr<Outcome> outcome) : outcome_(std::move(outcome)) {}
  bool ready() override { return wait_for({}); }
  void wait() override {
    outcome_->await([](auto& changed, auto& lock, auto known) {
      changed.wait(lock, known);
      return true;
    });
  }
  bool wait_for(std::chrono::milliseconds timeout) override {
    return outcome_->await(
        [&](auto& changed, auto& lock, auto known) { return changed.wait_for(lock, timeout, known); });
  }
  std::string get() override {
    wait();
    return outcome_->take();
  }

 private:
  std::shared_ptr<Outcome> outcome_;
};

struct Order {
  std::string message;
  std::shared_ptr<Outcome> outcome;
};

class DispatchedPool : public Pool {
 public:
  explicit DispatchedPool(int count) : staff_(static_cast<std::size_t>(count)) {
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    try {
      if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
      for (Member& member : staff_) engage(member);
      thread_ = std::thread([this] { dispatch(); });
    } catch (...) {
      for (Member& member : staff_) dismiss(member, true);
      if (wake_ >= 0) ::close(wake_);
      throw;
    }
  }
  ~DispatchedPool() override { terminate(); }

  int workers() const override { return static_cast<int>(staff_.size()); }

  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    if (task == nullptr) throw std::invalid_argument("null task");
    auto outcome = std::make_shared<Outcome>();
    {
      const std::lock_guard lock(mutex_);
      if (closed_) throw PoolClosed("the pool is closed");
      orders_.push_back({framed(reinterpret_cast<std::uint64_t>(task), argument), outcome});
    }
    wake_up();
    return std::make_unique<Handle>(std::move(outcome));
  }

  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) throw PoolClosed("the pool is closed");
    }
    std::vector<std::unique_ptr<AsyncResult>> handles;
    for (const std::string& argument : arguments) handles.push_back(apply_async(task, argument));
    std::vector<std::string> values(handles.size());
    std::exception_ptr first;
    for (std::size_t i = 0; i < handles.size(); ++i) {
      try {
        values[i] = handles[i]->get();
      } catch (...) {
        if (!first) first = std::current_exception();
      }
    }
    if (first) std::rethrow_exception(first);
    return values;
  }

  void close() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  void join() override { end(false); }
  void terminate() override { end(true); }

 private:
  struct Member {
    pid_t pid = -1;
    int fd = -1;
    Order order;  // Without an outcome: idle.
    std::size_t sent = 0;
    std::string reply;
  };

  void wake_up() const {
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);
  }

  void end(bool at_once) {
    {
      const std::lock_guard lock(mutex_);
      if (!at_once && !closed_) throw std::logic_error("join() before close()");
      closed_ = true;
      ending_ = true;
      if (at_once) terminated_ = true;
    }
    if (!thread_.joinable()) return;
    wake_up();
    thread_.join();
    ::close(wake_);
  }

  // Descriptors that two pools' threads make at the same time must not leak into each other's workers.
  static std::mutex& forking() {
    static std::mutex mutex;
    return mutex;
  }

  void engage(Member& member) {
    const std::lock_guard lock(forking());
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      throw std::system_error(errno, std::generic_category(), "socketpair");
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(pair[0]);
      for (const Member& other : staff_)
        if (other.fd >= 0) ::close(other.fd);
      worker_main(pair[1]);
    }
    const int error = errno;
    ::close(pair[1]);
    if (pid < 0) {
      ::close(pair[0]);
      throw std::system_error(error, std::generic_category(), "fork");
    }
    ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
    member = Member{pid, pair[0], {}, 0, {}};
  }

  static void dismiss(Member& member, bool by_force) {
    if (member.fd < 0) return;
    if (by_force) ::kill(member.pid, SIGKILL);
    ::shutdown(member.fd, SHUT_WR);
    while (::waitpid(member.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::close(member.fd);
    member.fd = -1;
  }

  // The background thread. Only it touches staff_ once it runs.
  void dispatch() {
    for (;;) {
      bool terminated = false;
      {
        const std::lock_guard lock(mutex_);
        terminated = terminated_;
        if (!terminated) assign();
        if (ending_ && orders_.empty() && !anybody_busy()) break;
      }
      if (terminated) break;
      std::vector<pollfd> fds{{wake_, POLLIN, 0}};
      for (const Member& member : staff_)
        fds.push_back({member.fd, static_cast<short>(is_sending(member) ? POLLIN | POLLOUT : POLLIN), 0});
      if (::poll(fds.data(), fds.size(), -1) < 0) continue;
      std::uint64_t count = 0;
      (void)!::read(wake_, &count, sizeof count);
      for (std::size_t i = 0; i < staff_.size(); ++i) {
        if ((fds[i + 1].revents & POLLOUT) != 0) transmit(staff_[i]);
        if ((fds[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive(staff_[i]);
      }
    }
    const std::lock_guard lock(mutex_);
    for (Member& member : staff_) {
      dismiss(member, terminated_);
      if (member.order.outcome) member.order.outcome->set_error(3, "terminated");
    }
    for (const Order& order : orders_) order.outcome->set_error(3, "terminated");
    orders_.clear();
  }

  static bool is_sending(const Member& member) {
    return member.order.outcome && member.sent < member.order.message.size();
  }
  bool anybody_busy() const {
    for (const Member& member : staff_)
      if (member.order.outcome) return true;
    return false;
  }

  void assign() {
    for (Member& member : staff_) {
      if (orders_.empty()) return;
      if (member.order.outcome) continue;
      // Whether an idle worker still lives shows before it is given anything.
      char probe = 0;
      if (member.fd < 0 || ::recv(member.fd, &probe, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
        dismiss(member, true);
        engage(member);
      }
      member.order = std::move(orders_.front());
      orders_.pop_front();
      member.sent = 0;
      member.reply.clear();
      transmit(member);
    }
  }

  static void transmit(Member& member) {
    while (is_sending(member)) {
      const std::string& message = member.order.message;
      const ssize_t n =
          ::send(member.fd, message.data() + member.sent, message.size() - member.sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return;  // Full, or gone: then receive() sees the end.
      member.sent += static_cast<std::size_t>(n);
    }
  }

  static void receive(Member& member) {
    char buffer[32768];
    for (;;) {
      const ssize_t n = ::recv(member.fd, buffer, sizeof buffer, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) break;
      member.reply.append(buffer, static_cast<std::size_t>(n));
      Frame frame{};
      if (member.reply.size() < sizeof frame) continue;
      std::memcpy(&frame, member.reply.data(), sizeof frame);
      if (member.reply.size() < sizeof frame + frame.length) continue;
      std::string payload = member.reply.substr(sizeof frame);
      member.reply.clear();
      const auto outcome = std::move(member.order.outcome);
      member.order = {};
      if (frame.word == 0)
        outcome->set_value(std::move(payload));
      else
        outcome->set_error(1, std::move(payload));
    }
    dismiss(member, true);
    if (member.order.outcome) member.order.outcome->set_error(2, "the worker died");
    member.order = {};
  }

  std::mutex mutex_;
  std::deque<Order> orders_;
  bool closed_ = false;
  bool ending_ = false;
  bool terminated_ = false;
  int wake_ = -1;
  std::vector<Member> staff_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("a pool needs workers");
  if (workers == 0) workers = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  return std::make_unique<DispatchedPool>(workers);
}

}  // namespace process_pool
