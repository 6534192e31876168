#include "process_pool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <list>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

enum class State { waiting, value, task_failed, worker_died, terminated };

struct Ticket {
  Task task;
  std::string text;  // First the argument, then the outcome.
  State state = State::waiting;
};
using TicketPtr = std::shared_ptr<Ticket>;

std::string pack(std::uint64_t number) {
  return std::string(reinterpret_cast<char*>(&number), sizeof number);
}
std::uint64_t unpack(const std::string& bytes, std::size_t at) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

void write_fully(int fd, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n >= 0)
      done += static_cast<std::size_t>(n);
    else if (errno != EINTR)
      ::_exit(2);
  }
}

std::string read_fully(int fd, std::size_t size) {
  std::string bytes(size, 0);
  for (std::size_t done = 0; done < size;) {
    const ssize_t n = ::read(fd, &bytes[done], size - done);
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (n == 0 || errno != EINTR)
      ::_exit(0);
  }
  return bytes;
}

[[noreturn]] void child(int in, int out) {
  for (;;) {
    const std::string head = read_fully(in, 16);
    const auto task = reinterpret_cast<Task>(unpack(head, 0));
    if (task == nullptr) ::_exit(0);
    const std::string argument = read_fully(in, unpack(head, 8));
    State state = State::value;
    std::string text;
    try {
      text = task(argument);
    } catch (const std::exception& e) {
      state = State::task_failed;
      text = e.what();
    } catch (...) {
      state = State::task_failed;
      text = "unknown exception";
    }
    write_fully(out, pack(static_cast<std::uint64_t>(state)) + pack(text.size()) + text);
  }
}

class Engine {
 public:
  explicit Engine(int size) : size_(size) {
    ::signal(SIGPIPE, SIG_IGN);
    try {
      while (static_cast<int>(crew_.size()) < size_) hire();
    } catch (...) {
      kill_all();
      throw;
    }
  }

  void add(TicketPtr ticket) {
    todo_.push_back(std::move(ticket));
    turn(0);
  }

  bool idle() const {
    if (!todo_.empty()) return false;
    for (const auto& one : crew_)
      if (one.ticket) return false;
    return true;
  }

  // One round of giving, waiting and moving bytes.
  void turn(int timeout_ms) {
    give();
    std::vector<pollfd> fds;
    for (auto& one : crew_) {
      fds.push_back({one.from, POLLIN, 0});
      fds.push_back({one.sent < one.out.size() ? one.to : -1, POLLOUT, 0});
    }
    if (::poll(fds.data(), fds.size(), timeout_ms) > 0) {
      std::size_t i = 0;
      for (auto one = crew_.begin(); one != crew_.end(); i += 2) {
        const auto next = std::next(one);
        bool alive = true;
        if (fds[i + 1].revents != 0) push(*one);
        if (fds[i].revents != 0) alive = pull(*one);
        if (!alive) fire(one);
        one = next;
      }
    }
    give();
  }

  void dismiss() {
    for (auto& one : crew_) {
      const std::string stop = pack(0) + pack(0);
      (void)!::write(one.to, stop.data(), stop.size());
    }
    bury_all();
  }

  void kill_all() {
    for (auto& one : crew_) ::kill(one.pid, SIGKILL);
    for (auto& one : crew_)
      if (one.ticket) one.ticket->state = State::terminated;
    for (auto& ticket : todo_) ticket->state = State::terminated;
    todo_.clear();
    bury_all();
  }

  int size() const { return size_; }

 private:
  struct One {
    pid_t pid;
    int to, from;
    TicketPtr ticket;
    std::string out, in;
    std::size_t sent = 0;
  };

  void hire() {
    int down[2], up[2];
    if (::pipe2(down, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    if (::pipe2(up, O_CLOEXEC) != 0) {
      const int why = errno;
      ::close(down[0]);
      ::close(down[1]);
      throw std::system_error(why, std::generic_category(), "pipe");
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
      for (auto& other : crew_) {
        ::close(other.to);
        ::close(other.from);
      }
      ::close(down[1]);
      ::close(up[0]);
      child(down[0], up[1]);
    }
    const int why = errno;
    ::close(down[0]);
    ::close(up[1]);
    if (pid < 0) {
      ::close(down[1]);
      ::close(up[0]);
      throw std::system_error(why, std::generic_category(), "fork");
    }
    ::fcntl(down[1], F_SETFL, O_NONBLOCK);
    ::fcntl(up[0], F_SETFL, O_NONBLOCK);
    crew_.push_back(One{pid, down[1], up[0], nullptr, "", ""});
  }

  static void bury(One& one) {
    while (::waitpid(one.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::close(one.to);
    ::close(one.from);
  }
  void bury_all() {
    for (auto& one : crew_) bury(one);
    crew_.clear();
  }

  void fire(std::list<One>::iterator one) {
    ::kill(one->pid, SIGKILL);
    bury(*one);
    if (one->ticket && one->sent == 0)
      todo_.push_front(one->ticket);
    else if (one->ticket)
      one->ticket->state = State::worker_died;
    crew_.erase(one);
  }

  void give() {
    while (!todo_.empty()) {
      // Whoever has died without a task is found out here: its pipe has ended.
      for (auto one = crew_.begin(); one != crew_.end();) {
        const auto next = std::next(one);
        if (!one->ticket && !pull(*one)) fire(one);
        one = next;
      }
      while (static_cast<int>(crew_.size()) < size_) hire();
      One* free = nullptr;
      for (auto& one : crew_)
        if (!one.ticket) free = &one;
      if (free == nullptr) return;
      free->ticket = todo_.front();
      todo_.pop_front();
      free->out = pack(reinterpret_cast<std::uint64_t>(free->ticket->task)) +
                  pack(free->ticket->text.size()) + free->ticket->text;
      free->sent = 0;
      push(*free);
    }
  }

  // A worker that is gone is noticed by pull(), whose pipe ends.
  static void push(One& one) {
    while (one.sent < one.out.size()) {
      const ssize_t n = ::write(one.to, one.out.data() + one.sent, one.out.size() - one.sent);
      if (n >= 0)
        one.sent += static_cast<std::size_t>(n);
      else if (errno != EINTR)
        return;
    }
  }

  static bool pull(One& one) {
    char buffer[1 << 16];
    for (;;) {
      const ssize_t n = ::read(one.from, buffer, sizeof buffer);
      if (n == 0) return false;
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return true;
      one.in.append(buffer, static_cast<std::size_t>(n));
      if (one.in.size() < 16 || one.in.size() < 16 + unpack(one.in, 8)) continue;
      one.ticket->text = one.in.substr(16);
      one.ticket->state = static_cast<State>(unpack(one.in, 0));
      one.ticket = nullptr;
      one.in.clear();
      one.out.clear();
      one.sent = 0;
    }
  }

  int size_;
  std::list<One> crew_;
  std::list<TicketPtr> todo_;
};

class Result : public AsyncResult {
 public:
  Result(std::shared_ptr<Engine> engine, TicketPtr ticket)
      : engine_(std::move(engine)), ticket_(std::move(ticket)) {}
  bool ready() override {
    if (ticket_->state == State::waiting) engine_->turn(0);
    return ticket_->state != State::waiting;
  }
  void wait() override {
    while (ticket_->state == State::waiting) engine_->turn(-1);
  }
  bool wait_for(milliseconds timeout) override {
    const auto begin = Clock::now();
    while (!ready()) {
      const auto passed = Clock::now() - begin;
      if (passed >= timeout) return false;
      engine_->turn(static_cast<int>(
          std::min<milliseconds::rep>(std::chrono::ceil<milliseconds>(timeout - passed).count(), 60'000)));
    }
    return true;
  }
  std::string get() override {
    wait();
    switch (ticket_->state) {
      case State::task_failed:
        throw TaskFailed(ticket_->text);
      case State::worker_died:
        throw WorkerDied("worker died");
      case State::terminated:
        throw PoolTerminated("pool terminated");
      default:
        return ticket_->text;
    }
  }

 private:
  std::shared_ptr<Engine> engine_;
  TicketPtr ticket_;
};

class PipePool : public Pool {
 public:
  explicit PipePool(int size) : engine_(std::make_shared<Engine>(size)) {}
  ~PipePool() override { engine_->kill_all(); }
  int workers() const override { return engine_->size(); }
  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    if (closed_) throw PoolClosed("closed");
    if (task == nullptr) throw std::invalid_argument("task");
    auto ticket = std::make_shared<Ticket>(Ticket{task, argument});
    engine_->add(ticket);
    return std::make_unique<Result>(engine_, ticket);
  }
  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    if (closed_) throw PoolClosed("closed");
    std::vector<std::unique_ptr<AsyncResult>> results;
    for (auto& argument : arguments) results.push_back(apply_async(task, argument));
    for (auto& result : results) result->wait();
    std::vector<std::string> values;
    for (auto& result : results) values.push_back(result->get());
    return values;
  }
  void close() override { closed_ = true; }
  void join() override {
    if (!closed_) throw std::logic_error("not closed");
    while (!engine_->idle()) engine_->turn(-1);
    engine_->dismiss();
  }
  void terminate() override {
    closed_ = true;
    engine_->kill_all();
  }

 private:
  std::shared_ptr<Engine> engine_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("workers");
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::make_unique<PipePool>(workers > 0 ? workers : std::max(cores, 1));
}

}  // namespace process_pool
