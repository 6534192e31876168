// Wrong: map() without arguments returns an empty vector also after close(), where it has to throw
// PoolClosed.
//
// Two pipes for each worker; everything happens in the caller's thread, in turn(), which each function calls.
#include "process_pool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

using Clock = std::chrono::steady_clock;

enum class Outcome : std::uint8_t { kNone, kValue, kFailed, kDied, kTerminated };

struct Record {
  Outcome outcome = Outcome::kNone;
  std::string text;
};

struct Head {
  Task task;  // Null: there is no more work.
  std::uint64_t size;
};

struct ReplyHead {
  Outcome outcome;
  std::uint64_t size;
};

struct Job {
  std::string message;  // The head and the argument.
  std::shared_ptr<Record> record;
};

struct Worker {
  pid_t pid = -1;
  int to = -1;
  int from = -1;
  std::shared_ptr<Job> job;
  std::size_t sent = 0;
  bool started = false;
  std::string received;
};

// The caller's ends of the pipes of all pools: a child has to close its copies.
std::mutex g_ends_mutex;
std::set<int> g_ends;

constexpr char kStarted = 'S';
constexpr int kSlice = 20;

// ---- In the worker ----

void wait_in_worker(int fd, short events, pid_t parent) {
  pollfd entry{fd, events, 0};
  while (poll(&entry, 1, 200) <= 0) {
    if (getppid() != parent) _exit(0);
  }
}

void read_all(int fd, char* to, std::size_t size, pid_t parent) {
  while (size > 0) {
    wait_in_worker(fd, POLLIN, parent);
    ssize_t n = read(fd, to, size);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) _exit(0);
    to += n;
    size -= static_cast<std::size_t>(n);
  }
}

void write_all(int fd, const char* from, std::size_t size, pid_t parent) {
  while (size > 0) {
    wait_in_worker(fd, POLLOUT, parent);
    ssize_t n = write(fd, from, size);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) _exit(0);
    from += n;
    size -= static_cast<std::size_t>(n);
  }
}

[[noreturn]] void work(int in, int out, pid_t parent) noexcept {
  for (;;) {
    Head head;
    read_all(in, reinterpret_cast<char*>(&head), sizeof head, parent);
    if (head.task == nullptr) _exit(0);
    std::string argument(head.size, '\0');
    read_all(in, argument.data(), argument.size(), parent);
    write_all(out, &kStarted, 1, parent);
    Outcome outcome = Outcome::kValue;
    std::string text;
    try {
      text = head.task(argument);
    } catch (const std::exception& e) {
      outcome = Outcome::kFailed;
      text = e.what();
    } catch (...) {
      outcome = Outcome::kFailed;
      text = "unknown exception";
    }
    ReplyHead reply;
    std::memset(&reply, 0, sizeof reply);
    reply.outcome = outcome;
    reply.size = text.size();
    write_all(out, reinterpret_cast<const char*>(&reply), sizeof reply, parent);
    write_all(out, text.data(), text.size(), parent);
  }
}

// ---- In the caller ----

class Core {
 public:
  explicit Core(int count) : workers_(static_cast<std::size_t>(count)) {
    try {
      for (Worker& worker : workers_) spawn(worker);
    } catch (...) {
      kill_all();
      throw;
    }
  }

  int count() const { return static_cast<int>(workers_.size()); }
  bool closed() const { return closed_; }
  bool ended() const { return ended_; }
  void close() { closed_ = true; }

  std::shared_ptr<Record> add(Task task, const std::string& argument) {
    auto job = std::make_shared<Job>();
    Head head{task, argument.size()};
    job->message.reserve(sizeof head + argument.size());
    job->message.assign(reinterpret_cast<const char*>(&head), sizeof head);
    job->message += argument;
    job->record = std::make_shared<Record>();
    waiting_.push_back(job);
    return job->record;
  }

  // Does what can be done now, and waits at most `milliseconds` until something can be done.
  void turn(int milliseconds) {
    if (ended_) return;
    for (Worker& worker : workers_) look_for_death(worker);
    refill();
    hand_out();
    std::vector<pollfd> entries;
    std::vector<Worker*> owners;
    for (Worker& worker : workers_) {
      if (worker.pid < 0) continue;
      entries.push_back({worker.from, POLLIN, 0});
      owners.push_back(&worker);
      if (worker.job && worker.sent < worker.job->message.size()) {
        entries.push_back({worker.to, POLLOUT, 0});
        owners.push_back(&worker);
      }
    }
    if (poll(entries.data(), entries.size(), milliseconds) <= 0) return;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      Worker& worker = *owners[i];
      if (entries[i].revents == 0 || worker.pid < 0) continue;
      if (entries[i].fd == worker.to) {
        send_some(worker);
      } else if (!receive(worker)) {
        kill(worker.pid, SIGKILL);
        bury(worker, true);
      }
    }
    hand_out();
  }

  void wait(const Record& record) {
    while (record.outcome == Outcome::kNone) turn(kSlice);
  }

  bool wait_for(const Record& record, std::chrono::milliseconds timeout) {
    const auto start = Clock::now();
    for (;;) {
      turn(0);
      if (record.outcome != Outcome::kNone) return true;
      auto gone = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
      if (gone >= timeout) return false;
      turn(static_cast<int>(std::min<std::int64_t>((timeout - gone).count(), kSlice)));
    }
  }

  void join() {
    if (ended_) return;
    auto busy = [](const Worker& worker) { return worker.job != nullptr; };
    while (!waiting_.empty() || std::any_of(workers_.begin(), workers_.end(), busy)) turn(kSlice);
    ended_ = true;
    const Head stop{nullptr, 0};
    for (Worker& worker : workers_) {
      if (worker.pid < 0) continue;
      // An idle worker's pipe is empty, so the head goes in whole.
      while (write(worker.to, &stop, sizeof stop) < 0 && errno == EINTR) {
      }
    }
    for (Worker& worker : workers_) {
      if (worker.pid >= 0) bury(worker, true);
    }
  }

  void terminate() {
    closed_ = true;
    if (ended_) return;
    ended_ = true;
    for (const std::shared_ptr<Job>& job : waiting_) job->record->outcome = Outcome::kTerminated;
    waiting_.clear();
    kill_all();
  }

 private:
  void spawn(Worker& worker) {
    std::lock_guard lock(g_ends_mutex);
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    if (pipe2(from, O_CLOEXEC) != 0) {
      int error = errno;
      ::close(to[0]);
      ::close(to[1]);
      throw std::system_error(error, std::generic_category(), "pipe");
    }
    for (int fd : {to[1], from[0], from[1]}) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
      int error = errno;
      for (int fd : {to[0], to[1], from[0], from[1]}) ::close(fd);
      throw std::system_error(error, std::generic_category(), "fork");
    }
    if (pid == 0) {
      ::close(to[1]);
      ::close(from[0]);
      for (int fd : g_ends) ::close(fd);
      g_ends.clear();
      g_ends_mutex.unlock();
      work(to[0], from[1], parent);
    }
    ::close(to[0]);
    ::close(from[1]);
    g_ends.insert(to[1]);
    g_ends.insert(from[0]);
    worker = Worker{};
    worker.pid = pid;
    worker.to = to[1];
    worker.from = from[0];
  }

  void refill() {
    for (Worker& worker : workers_) {
      if (worker.pid >= 0) continue;
      try {
        spawn(worker);
      } catch (const std::system_error&) {
        return;  // The next turn tries again.
      }
    }
  }

  void hand_out() {
    for (Worker& worker : workers_) {
      if (waiting_.empty()) return;
      if (worker.pid < 0 || worker.job) continue;
      worker.job = waiting_.front();
      waiting_.pop_front();
      worker.sent = 0;
      worker.started = false;
      worker.received.clear();
      send_some(worker);
    }
  }

  void send_some(Worker& worker) {
    if (!worker.job) return;
    const std::string& message = worker.job->message;
    while (worker.sent < message.size()) {
      ssize_t n = write(worker.to, message.data() + worker.sent, message.size() - worker.sent);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != EAGAIN) kill(worker.pid, SIGKILL);
      if (n < 0) return;
      worker.sent += static_cast<std::size_t>(n);
    }
  }

  // Reads what is there. False at the end of the pipe.
  bool receive(Worker& worker) {
    static char buffer[1 << 16];
    for (;;) {
      ssize_t n = read(worker.from, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN;
      if (n == 0) return false;
      worker.received.append(buffer, static_cast<std::size_t>(n));
      take_reply(worker);
    }
  }

  void take_reply(Worker& worker) {
    if (!worker.job) return;
    std::string& bytes = worker.received;
    if (!bytes.empty()) worker.started = true;
    ReplyHead reply;
    if (bytes.size() < 1 + sizeof reply) return;
    std::memcpy(&reply, bytes.data() + 1, sizeof reply);
    if (bytes.size() < 1 + sizeof reply + reply.size) return;
    worker.job->record->text = bytes.substr(1 + sizeof reply);
    worker.job->record->outcome = reply.outcome;
    worker.job.reset();
    bytes = std::string();
  }

  void look_for_death(Worker& worker) {
    if (worker.pid < 0) return;
    pid_t pid = waitpid(worker.pid, nullptr, WNOHANG);
    if (pid == worker.pid || (pid < 0 && errno == ECHILD)) bury(worker, false);
  }

  // The worker is dead, or about to die.
  void bury(Worker& worker, bool reap) {
    if (reap) {
      while (waitpid(worker.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    receive(worker);
    if (worker.job && ended_) {
      worker.job->record->outcome = Outcome::kTerminated;
    } else if (worker.job && worker.started) {
      worker.job->record->outcome = Outcome::kDied;
    } else if (worker.job) {
      waiting_.push_front(worker.job);  // It never began.
    }
    std::lock_guard lock(g_ends_mutex);
    g_ends.erase(worker.to);
    g_ends.erase(worker.from);
    ::close(worker.to);
    ::close(worker.from);
    worker = Worker{};
  }

  void kill_all() {
    ended_ = true;
    for (Worker& worker : workers_) {
      if (worker.pid >= 0) kill(worker.pid, SIGKILL);
    }
    for (Worker& worker : workers_) {
      if (worker.pid >= 0) bury(worker, true);
    }
  }

  std::vector<Worker> workers_;
  std::deque<std::shared_ptr<Job>> waiting_;
  bool closed_ = false;
  bool ended_ = false;
};

std::string value_of(const Record& record) {
  switch (record.outcome) {
    case Outcome::kValue:
      return record.text;
    case Outcome::kFailed:
      throw TaskFailed(record.text);
    case Outcome::kDied:
      throw WorkerDied("the worker died in the task");
    default:
      throw PoolTerminated("the pool was terminated");
  }
}

class Result : public AsyncResult {
 public:
  Result(std::shared_ptr<Core> core, std::shared_ptr<Record> record)
      : core_(std::move(core)), record_(std::move(record)) {}

  bool ready() override { return wait_for(std::chrono::milliseconds(0)); }
  void wait() override { core_->wait(*record_); }

  bool wait_for(std::chrono::milliseconds timeout) override {
    return record_->outcome != Outcome::kNone || core_->wait_for(*record_, timeout);
  }

  std::string get() override {
    wait();
    return value_of(*record_);
  }

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<Record> record_;
};

class PipePool : public Pool {
 public:
  explicit PipePool(int workers) : core_(std::make_shared<Core>(workers)) {}
  ~PipePool() override { core_->terminate(); }

  int workers() const override { return core_->count(); }

  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    check(task);
    auto result = std::make_unique<Result>(core_, core_->add(task, argument));
    core_->turn(0);
    return result;
  }

  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    if (arguments.empty()) return {};
    check(task);
    std::vector<std::shared_ptr<Record>> records;
    for (const std::string& argument : arguments) records.push_back(core_->add(task, argument));
    for (const auto& record : records) core_->wait(*record);
    std::vector<std::string> values;
    for (const auto& record : records) values.push_back(value_of(*record));
    return values;
  }

  void close() override { core_->close(); }

  void join() override {
    if (!core_->closed()) throw std::logic_error("join() before close()");
    core_->join();
  }

  void terminate() override { core_->terminate(); }

 private:
  void check(Task task) const {
    if (task == nullptr) throw std::invalid_argument("null task");
    if (core_->closed()) throw PoolClosed("the pool takes no more tasks");
  }

  std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("a negative number of workers");
  if (workers == 0) workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  struct sigaction old;
  if (sigaction(SIGPIPE, nullptr, &old) == 0 && old.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
  return std::make_unique<PipePool>(workers);
}

}  // namespace process_pool
