#include "process_pool.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

[[noreturn]] void give_up(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  explicit File(const std::string& content) : fd_(::memfd_create("payload", MFD_CLOEXEC)) {
    if (fd_ < 0) give_up("memfd_create");
    for (std::size_t at = 0; at < content.size();) {
      const ssize_t n = ::pwrite(fd_, content.data() + at, content.size() - at, static_cast<off_t>(at));
      if (n < 0 && errno != EINTR) {
        ::close(fd_);
        give_up("pwrite");
      }
      if (n > 0) at += static_cast<std::size_t>(n);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(fd_); }
  int fd() const { return fd_; }
  std::string content() const {
    struct stat status {};
    ::fstat(fd_, &status);
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t n = ::pread(fd_, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
      if (n < 0 && errno != EINTR) give_up("pread");
      if (n > 0) at += static_cast<std::size_t>(n);
    }
    return bytes;
  }

 private:
  int fd_;
};

// One record and one descriptor, in one piece. SOCK_SEQPACKET keeps records whole.
bool send_record(int socket, std::uintptr_t word, int fd) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part{&word, sizeof word};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  ssize_t n = 0;
  do n = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n > 0;
}

struct Record {
  std::uintptr_t word;
  int fd;
};

// Nothing: the other side has gone, or `flags` forbid to wait and nothing is there.
std::optional<Record> receive_record(int socket, int flags) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  Record record{0, -1};
  iovec part{&record.word, sizeof record.word};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n = 0;
  do n = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  const cmsghdr* head = n > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (head == nullptr) return std::nullopt;
  std::memcpy(&record.fd, CMSG_DATA(head), sizeof record.fd);
  return record;
}

[[noreturn]] void live(int socket) noexcept {
  while (const auto order = receive_record(socket, 0)) {
    const std::string argument = File(order->fd).content();
    std::string reply;
    bool failed = true;
    try {
      reply = reinterpret_cast<Task>(order->word)(argument);
      failed = false;
    } catch (const std::exception& problem) {
      reply = problem.what();
    } catch (...) {
      reply = "unknown exception";
    }
    if (!send_record(socket, failed ? 1 : 0, File(reply).fd())) break;
  }
  ::_exit(0);
}

struct Job {
  Task task = nullptr;
  std::string argument;
  bool over = false;
  std::string value;
  std::exception_ptr error;
};

class Crew {
 public:
  explicit Crew(int size) : size_(static_cast<std::size_t>(size)) {}
  ~Crew() { kill_all(); }
  int size() const { return static_cast<int>(size_); }

  void add(std::shared_ptr<Job> job) {
    queue_.push_back(std::move(job));
    assign();
  }

  void look(int timeout_ms) {
    assign();
    std::vector<pollfd> fds;
    for (const Hand& hand : hands_) {
      fds.push_back({hand.socket, POLLIN, 0});
      fds.push_back({hand.pidfd, POLLIN, 0});
    }
    if (::poll(fds.data(), fds.size(), timeout_ms) <= 0) return;
    for (std::size_t i = hands_.size(); i-- > 0;) {
      if ((fds[2 * i].revents | fds[2 * i + 1].revents) == 0) continue;
      if (const auto record = receive_record(hands_[i].socket, MSG_DONTWAIT)) {
        const File reply(record->fd);
        const auto job = std::move(hands_[i].job);
        if (record->word == 0)
          job->value = reply.content();
        else
          job->error = std::make_exception_ptr(TaskFailed(reply.content()));
        job->over = true;
      } else if (fds[2 * i + 1].revents != 0) {
        if (hands_[i].job) finish(*hands_[i].job, WorkerDied("died"));
        let_go(hands_[i]);
        hands_.erase(hands_.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    assign();
  }

  bool busy() const {
    for (const Hand& hand : hands_)
      if (hand.job) return true;
    return !queue_.empty();
  }

  void send_home() {
    for (const Hand& hand : hands_) ::shutdown(hand.socket, SHUT_RDWR);
    for (const Hand& hand : hands_) let_go(hand);
    hands_.clear();
  }

  void kill_all() {
    for (const Hand& hand : hands_) {
      ::kill(hand.pid, SIGKILL);
      if (hand.job) finish(*hand.job, PoolTerminated("terminated"));
    }
    for (const auto& job : queue_) finish(*job, PoolTerminated("terminated"));
    queue_.clear();
    send_home();
  }

 private:
  struct Hand {
    pid_t pid;
    int pidfd;
    int socket;
    std::shared_ptr<Job> job;
  };

  template <class Error>
  static void finish(Job& job, const Error& error) {
    job.error = std::make_exception_ptr(error);
    job.over = true;
  }

  static void let_go(const Hand& hand) {
    ::close(hand.socket);
    ::close(hand.pidfd);
    while (::waitpid(hand.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  static bool has_died(const Hand& hand) {
    pollfd end{hand.pidfd, POLLIN, 0};
    return ::poll(&end, 1, 0) == 1;
  }

  void fork_one() {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) give_up("socketpair");
    const pid_t pid = ::fork();
    if (pid == 0) {
      for (const Hand& hand : hands_) ::close(hand.socket);
      ::close(pair[0]);
      live(pair[1]);
    }
    ::close(pair[1]);
    const int pidfd = pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1;
    if (pidfd < 0) {
      if (pid > 0) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
      }
      ::close(pair[0]);
      give_up("fork");
    }
    hands_.push_back({pid, pidfd, pair[0], nullptr});
  }

  void assign() {
    while (!queue_.empty()) {
      Hand* free = nullptr;
      for (std::size_t i = hands_.size(); i-- > 0;) {
        if (hands_[i].job) continue;
        if (has_died(hands_[i])) {
          let_go(hands_[i]);
          hands_.erase(hands_.begin() + static_cast<std::ptrdiff_t>(i));
        }
      }
      for (Hand& hand : hands_)
        if (!hand.job) free = &hand;
      if (free == nullptr) {
        if (hands_.size() == size_) return;
        fork_one();
        free = &hands_.back();
      }
      const auto job = queue_.front();
      if (send_record(free->socket, reinterpret_cast<std::uintptr_t>(job->task), File(job->argument).fd())) {
        free->job = job;
        queue_.pop_front();
      }
    }
  }

  std::size_t size_;
  std::vector<Hand> hands_;
  std::deque<std::shared_ptr<Job>> queue_;
};

class Result : public AsyncResult {
 public:
  Result(std::shared_ptr<Crew> crew, std::shared_ptr<Job> job)
      : crew_(std::move(crew)), job_(std::move(job)) {}
  bool ready() override {
    if (!job_->over) crew_->look(0);
    return job_->over;
  }
  void wait() override {
    while (!job_->over) crew_->look(1000);
  }
  bool wait_for(std::chrono::milliseconds timeout) override {
    const auto start = std::chrono::steady_clock::now();
    while (!ready()) {
      const auto left = timeout - (std::chrono::steady_clock::now() - start);
      if (left.count() <= 0) return false;
      crew_->look(static_cast<int>(
          std::min<long>(1 + std::chrono::floor<std::chrono::milliseconds>(left).count(), 1000)));
    }
    return true;
  }
  std::string get() override {
    wait();
    if (job_->error) std::rethrow_exception(job_->error);
    return job_->value;
  }

 private:
  std::shared_ptr<Crew> crew_;
  std::shared_ptr<Job> job_;
};

class LazyPool : public Pool {
 public:
  explicit LazyPool(int size) : crew_(std::make_shared<Crew>(size)) {}
  ~LazyPool() override { crew_->kill_all(); }
  int workers() const override { return crew_->size(); }
  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    require_open();
    if (!task) throw std::invalid_argument("no task");
    auto job = std::make_shared<Job>();
    job->task = task;
    job->argument = argument;
    crew_->add(job);
    return std::make_unique<Result>(crew_, job);
  }
  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    require_open();
    std::vector<std::unique_ptr<AsyncResult>> results;
    for (const auto& argument : arguments) results.push_back(apply_async(task, argument));
    for (const auto& result : results) result->wait();
    std::vector<std::string> values;
    for (const auto& result : results) values.push_back(result->get());
    return values;
  }
  void close() override { open_ = false; }
  void join() override {
    if (open_) throw std::logic_error("still open");
    while (crew_->busy()) crew_->look(1000);
    crew_->send_home();
  }
  void terminate() override {
    open_ = false;
    crew_->kill_all();
  }

 private:
  void require_open() const {
    if (!open_) throw PoolClosed("closed");
  }
  std::shared_ptr<Crew> crew_;
  bool open_ = true;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("workers < 0");
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::make_unique<LazyPool>(workers == 0 ? std::max(1, cores) : workers);
}

}  // namespace process_pool
