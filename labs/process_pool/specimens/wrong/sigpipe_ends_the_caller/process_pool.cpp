// Writing to a dead worker raises SIGPIPE, which ends the caller.
#include "process_pool.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>
#include <system_error>
#include <thread>
#include <utility>

namespace process_pool {

namespace {

using std::chrono::milliseconds;

// What goes before the bytes of an argument, and of the reply to it.
struct Head {
  Task task = nullptr;       // To the worker.
  std::uint64_t failed = 0;  // From the worker: 1 if the bytes are the what() of an exception.
  std::uint64_t bytes = 0;
};

std::string message_of(const Head& head, const std::string& bytes) {
  return std::string(reinterpret_cast<const char*>(&head), sizeof head) + bytes;
}

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { close(); }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// ---- In the worker. Blocking calls, each repeated after EINTR and after partial work.

// False at the end of the channel.
bool receive_exactly(int fd, void* target, std::size_t bytes) {
  auto* to = static_cast<char*>(target);
  while (bytes > 0) {
    const ssize_t got = ::recv(fd, to, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

bool send_all(int fd, const std::string& message) {
  std::size_t sent = 0;
  while (sent < message.size()) {
    const ssize_t now = ::send(fd, message.data() + sent, message.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return false;
    sent += static_cast<std::size_t>(now);
  }
  return true;
}

std::string reply_to(Task task, const std::string& argument) {
  std::string bytes;
  std::uint64_t failed = 1;
  try {
    bytes = task(argument);
    failed = 0;
  } catch (const std::exception& error) {
    bytes = error.what();
  } catch (...) {
    bytes = "unknown exception";
  }
  return message_of(Head{nullptr, failed, bytes.size()}, bytes);
}

// The whole life of a worker. It leaves by _exit(), because exit() would run the caller's atexit functions
// and flush its buffers a second time. noexcept: what cannot be handled here (no memory for an argument) ends
// this worker alone.
[[noreturn]] void work(int fd) noexcept {
  Head head;
  while (receive_exactly(fd, &head, sizeof head)) {
    std::string argument(head.bytes, '\0');
    if (!receive_exactly(fd, argument.data(), argument.size())) break;
    if (!send_all(fd, reply_to(head.task, argument))) break;
  }
  ::_exit(0);
}

// ---- In the caller.

// A task and what became of it. Shared by the crew and the result in the caller's hands.
struct Job {
  Task task = nullptr;
  std::string argument;
  bool finished = false;
  std::string value;
  std::exception_ptr error;  // Set if the task failed.

  void finish_with(std::exception_ptr why) {
    error = std::move(why);
    finished = true;
    argument = {};
  }
};
using JobPtr = std::shared_ptr<Job>;

struct Worker {
  pid_t pid = -1;
  Socket channel;        // Closed: nobody works here.
  JobPtr job;            // Null: idle.
  std::string outgoing;  // The request, of which `sent` bytes are on their way.
  std::size_t sent = 0;
  std::string incoming;  // What has come of the reply.
};

class Crew {
 public:
  explicit Crew(int size) : workers_(static_cast<std::size_t>(size)) {
    try {
      for (Worker& worker : workers_) start(worker);
    } catch (...) {
      terminate();
      throw;
    }
  }
  ~Crew() { terminate(); }

  [[nodiscard]] int size() const { return static_cast<int>(workers_.size()); }

  void submit(const JobPtr& job) {
    waiting_.push_back(job);
    step(milliseconds(0));
  }

  // Hands out tasks, waits for at most `timeout` (negative: for ever) until a worker says something, and
  // moves what can be moved. May return earlier.
  void step(milliseconds timeout) {
    hand_out();
    std::vector<pollfd> channels;
    for (const Worker& worker : workers_) {
      const bool more_to_send = worker.job && worker.sent < worker.outgoing.size();
      // poll() skips the descriptor -1, so places and workers keep the same index.
      channels.push_back(
          {worker.channel.fd(), static_cast<short>(more_to_send ? POLLIN | POLLOUT : POLLIN), 0});
    }
    const auto wait_ms = static_cast<int>(std::min<milliseconds::rep>(timeout.count(), 1'000'000));
    if (::poll(channels.data(), channels.size(), wait_ms) <= 0) return;  // Time is up, or a signal came.
    for (std::size_t i = 0; i < channels.size(); ++i) {
      if ((channels[i].revents & POLLOUT) != 0) send_more(workers_[i]);
      if ((channels[i].revents & ~POLLOUT) != 0) receive_more(workers_[i]);
    }
    hand_out();
  }

  [[nodiscard]] bool all_finished() const {
    return waiting_.empty() &&
           std::none_of(workers_.begin(), workers_.end(), [](const Worker& w) { return w.job != nullptr; });
  }

  // All tasks must be finished.
  void dismiss() {
    for (const Worker& worker : workers_)
      if (worker.channel) ::shutdown(worker.channel.fd(), SHUT_WR);
    for (Worker& worker : workers_) bury(worker);
  }

  void terminate() {
    for (const Worker& worker : workers_)
      if (worker.channel) ::kill(worker.pid, SIGKILL);
    const auto why = std::make_exception_ptr(PoolTerminated("the pool has ended before the task"));
    for (Worker& worker : workers_) {
      bury(worker);
      if (worker.job) worker.job->finish_with(why);
      worker.job = nullptr;
    }
    for (const JobPtr& job : waiting_) job->finish_with(why);
    waiting_.clear();
  }

 private:
  void start(Worker& worker) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::system_error(errno, std::generic_category(), "failed to make a worker's channel");
    Socket ours(ends[0]);
    Socket theirs(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "failed to fork a worker");
    if (pid == 0) {
      ours.close();
      for (Worker& other : workers_) other.channel.close();
      work(theirs.fd());
    }
    worker.pid = pid;
    worker.channel = std::move(ours);
  }

  // Takes leave of a worker that is ending: no descriptor and no zombie stays.
  void bury(Worker& worker) {
    if (!worker.channel) return;
    while (::waitpid(worker.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    worker.channel.close();
  }

  // The worker's channel has ended: it is dead or dying, or a task has closed the channel, hence the kill.
  void lose(Worker& worker) {
    ::kill(worker.pid, SIGKILL);
    bury(worker);
    const JobPtr job = std::exchange(worker.job, nullptr);
    if (!job) return;
    // A worker that died idle has taken nothing of the request; then somebody else can have it.
    if (worker.sent == 0)
      waiting_.push_front(job);
    else
      job->finish_with(std::make_exception_ptr(WorkerDied("the worker ended while it was running the task")));
  }

  void hand_out() {
    for (Worker& worker : workers_) {
      // A worker that turns out to be dead hands its task back; the one that takes its place then gets it.
      while (!worker.job && !waiting_.empty()) {
        if (!worker.channel) start(worker);
        worker.job = waiting_.front();
        waiting_.pop_front();
        const std::string& argument = worker.job->argument;
        worker.outgoing = message_of(Head{worker.job->task, 0, argument.size()}, argument);
        worker.sent = 0;
        worker.incoming.clear();
        send_more(worker);
      }
    }
  }

  void send_more(Worker& worker) {
    while (worker.job && worker.sent < worker.outgoing.size()) {
      const ssize_t now = ::send(worker.channel.fd(), worker.outgoing.data() + worker.sent,
                                 worker.outgoing.size() - worker.sent, MSG_DONTWAIT);
      if (now < 0 && errno == EINTR) continue;
      if (now < 0 && errno == EAGAIN) return;
      if (now < 0) return lose(worker);
      worker.sent += static_cast<std::size_t>(now);
    }
  }

  void receive_more(Worker& worker) {
    std::array<char, 64 << 10> buffer;
    while (worker.channel) {
      const ssize_t got = ::recv(worker.channel.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return lose(worker);
      worker.incoming.append(buffer.data(), static_cast<std::size_t>(got));
      take_reply(worker);
    }
  }

  void take_reply(Worker& worker) {
    Head head;
    if (!worker.job || worker.incoming.size() < sizeof head) return;
    std::memcpy(&head, worker.incoming.data(), sizeof head);
    if (worker.incoming.size() < sizeof head + head.bytes) return;
    const JobPtr job = std::exchange(worker.job, nullptr);
    std::string bytes = worker.incoming.substr(sizeof head);
    worker.incoming = {};
    worker.outgoing = {};
    if (head.failed != 0) return job->finish_with(std::make_exception_ptr(TaskFailed(bytes)));
    job->value = std::move(bytes);
    job->finish_with(nullptr);
  }

  std::vector<Worker> workers_;
  std::deque<JobPtr> waiting_;
};

class ReferenceResult : public AsyncResult {
 public:
  // The crew lives as long as somebody may wait. Once it is terminated all jobs are finished.
  ReferenceResult(std::shared_ptr<Crew> crew, JobPtr job) : crew_(std::move(crew)), job_(std::move(job)) {}

  bool ready() override { return wait_for(milliseconds(0)); }

  void wait() override {
    while (!job_->finished) crew_->step(milliseconds(-1));
  }

  bool wait_for(milliseconds timeout) override {
    const auto start = std::chrono::steady_clock::now();
    milliseconds left = std::max(timeout, milliseconds(0));
    while (!job_->finished) {
      crew_->step(left);
      if (left == milliseconds(0)) break;
      const auto passed = std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - start);
      left = std::max(timeout - passed, milliseconds(0));
    }
    return job_->finished;
  }

  std::string get() override {
    wait();
    if (job_->error) std::rethrow_exception(job_->error);
    return job_->value;
  }

 private:
  std::shared_ptr<Crew> crew_;
  JobPtr job_;
};

class ReferencePool : public Pool {
 public:
  explicit ReferencePool(int workers) : crew_(std::make_shared<Crew>(workers)) {}
  ~ReferencePool() override { crew_->terminate(); }

  int workers() const override { return crew_->size(); }

  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    check(task);
    const auto job = std::make_shared<Job>();
    job->task = task;
    job->argument = argument;
    crew_->submit(job);
    return std::make_unique<ReferenceResult>(crew_, job);
  }

  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    check(task);
    std::vector<std::unique_ptr<AsyncResult>> results;
    for (const std::string& argument : arguments) results.push_back(apply_async(task, argument));
    // All must be finished before the first failure is thrown, so waiting and getting are two loops.
    for (const auto& result : results) result->wait();
    std::vector<std::string> values;
    for (const auto& result : results) values.push_back(result->get());
    return values;
  }

  void close() override { open_ = false; }

  void join() override {
    if (open_) throw std::logic_error("join() of a pool that is still open: call close() first");
    while (!crew_->all_finished()) crew_->step(milliseconds(-1));
    crew_->dismiss();
  }

  void terminate() override {
    open_ = false;
    crew_->terminate();
  }

 private:
  void check(Task task) const {
    if (!open_) throw PoolClosed("the pool takes no more tasks");
    if (task == nullptr) throw std::invalid_argument("the task is null");
  }

  std::shared_ptr<Crew> crew_;
  bool open_ = true;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("the number of workers is negative");
  if (workers == 0) workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return std::make_unique<ReferencePool>(workers);
}

}  // namespace process_pool
