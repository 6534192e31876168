// One thread in the caller for each worker, which takes a task, sends it, and waits for the answer. A socket
// pair joins the two; a pidfd tells of the worker's death even where another process holds the socket.
#include "process_pool.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

enum Outcome : std::uint64_t { kNone, kValue, kFailed, kDied, kTerminated };

struct Record {
  Outcome outcome = kNone;
  std::string text;
};

struct Head {
  std::uint64_t what;  // A task on the way there, an outcome on the way back.
  std::uint64_t size;
};

struct Job {
  Task task;
  std::string argument;
  std::shared_ptr<Record> record;
};

int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

[[noreturn]] void refuse(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

// Waits until `socket` has one of `events`, or the process behind `pidfd` has ended. True for the former.
bool wait_until(int socket, short events, int pidfd) {
  pollfd entries[2] = {{socket, events, 0}, {pidfd, POLLIN, 0}};
  while (poll(entries, 2, -1) < 0) {
  }
  return entries[0].revents != 0;
}

// Both return false when the other side is gone. The first try does not ask whether it lives, so that what a
// dead worker has left is still read.
bool receive_all(int socket, int pidfd, void* to, std::size_t size) {
  char* bytes = static_cast<char*>(to);
  while (size > 0) {
    ssize_t n = recv(socket, bytes, size, MSG_DONTWAIT);
    if (n > 0) {
      bytes += n;
      size -= static_cast<std::size_t>(n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      return false;
    } else if (errno == EAGAIN && !wait_until(socket, POLLIN, pidfd)) {
      pollfd entry{socket, POLLIN, 0};
      if (poll(&entry, 1, 0) == 0) return false;
    }
  }
  return true;
}

bool send_all(int socket, int pidfd, const void* from, std::size_t size) {
  const char* bytes = static_cast<const char*>(from);
  while (size > 0) {
    ssize_t n = send(socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      bytes += n;
      size -= static_cast<std::size_t>(n);
    } else if (errno != EAGAIN && errno != EINTR) {
      return false;
    } else if (errno == EAGAIN && !wait_until(socket, POLLOUT, pidfd)) {
      return false;
    }
  }
  return true;
}

[[noreturn]] void work(int socket, int parent) noexcept {
  for (;;) {
    Head head;
    if (!receive_all(socket, parent, &head, sizeof head)) _exit(0);
    std::string argument(head.size, '\0');
    if (!receive_all(socket, parent, argument.data(), argument.size())) _exit(0);
    char started = 1;
    if (!send_all(socket, parent, &started, 1)) _exit(0);
    Outcome outcome = kValue;
    std::string text;
    try {
      text = reinterpret_cast<Task>(head.what)(argument);
    } catch (const std::exception& e) {
      outcome = kFailed;
      text = e.what();
    } catch (...) {
      outcome = kFailed;
      text = "unknown exception";
    }
    Head reply{outcome, text.size()};
    if (!send_all(socket, parent, &reply, sizeof reply)) _exit(0);
    if (!send_all(socket, parent, text.data(), text.size())) _exit(0);
  }
}

// Descriptors of all pools in the caller, and the lock under which every pool forks.
std::mutex g_fork_mutex;
std::set<int> g_descriptors;

// One worker process and the caller's side of it.
struct Worker {
  pid_t pid = -1;
  int socket = -1;
  int pidfd = -1;

  void spawn(const sigset_t* mask) {
    std::lock_guard lock(g_fork_mutex);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) refuse(errno, "socketpair");
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      for (int fd : g_descriptors) close(fd);
      g_descriptors.clear();
      g_fork_mutex.unlock();
      const int caller = open_pidfd(parent);
      if (getppid() != parent) _exit(0);
      pthread_sigmask(SIG_SETMASK, mask, nullptr);
      work(ends[1], caller);
    }
    const int fork_error = errno;
    close(ends[1]);
    const int watch = child < 0 ? -1 : open_pidfd(child);
    if (watch < 0) {
      const int error = child < 0 ? fork_error : errno;
      close(ends[0]);
      if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
        }
      }
      refuse(error, "fork");
    }
    pid = child;
    socket = ends[0];
    pidfd = watch;
    g_descriptors.insert({socket, pidfd});
  }

  // The process has ended.
  void bury() {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    std::lock_guard lock(g_fork_mutex);
    g_descriptors.erase(socket);
    g_descriptors.erase(pidfd);
    close(socket);
    close(pidfd);
    pid = socket = pidfd = -1;
  }

  void await_end() const {
    pollfd entry{pidfd, POLLIN, 0};
    while (poll(&entry, 1, -1) < 0) {
    }
  }
};

class Core {
 public:
  explicit Core(int count) : workers_(static_cast<std::size_t>(count)) {
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
    try {
      for (Worker& worker : workers_) worker.spawn(&mask_);
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, nullptr);
      for (Worker& worker : workers_) threads_.emplace_back([this, &worker] { serve(worker); });
      pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    } catch (...) {
      pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
      terminate();
      for (Worker& worker : workers_) {
        if (worker.pid < 0) continue;
        kill(worker.pid, SIGKILL);
        worker.bury();
      }
      throw;
    }
  }

  int count() const { return static_cast<int>(workers_.size()); }

  std::vector<std::shared_ptr<Record>> add(Task task, const std::vector<const std::string*>& arguments) {
    std::lock_guard lock(mutex_);
    if (task == nullptr) throw std::invalid_argument("null task");
    if (closed_) throw PoolClosed("the pool takes no more tasks");
    std::vector<std::shared_ptr<Record>> records;
    for (const std::string* argument : arguments) {
      records.push_back(std::make_shared<Record>());
      waiting_.push_back({task, *argument, records.back()});
    }
    work_to_do_.notify_all();
    return records;
  }

  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    work_to_do_.notify_all();
  }

  void join() {
    {
      std::lock_guard lock(mutex_);
      if (!closed_) throw std::logic_error("join() before close()");
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  void terminate() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
      terminated_ = true;
      for (Job& job : waiting_) finish(*job.record, kTerminated, "");
      waiting_.clear();
      for (Worker& worker : workers_) {
        if (worker.pid >= 0) kill(worker.pid, SIGKILL);
      }
      work_to_do_.notify_all();
    }
    join();
  }

  bool ready(const Record& record) {
    std::lock_guard lock(mutex_);
    return record.outcome != kNone;
  }

  void wait(const Record& record) {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return record.outcome != kNone; });
  }

  bool wait_for(const Record& record, std::chrono::milliseconds timeout) {
    // A day at a time, so that no sum overflows.
    constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
    std::unique_lock lock(mutex_);
    for (;;) {
      auto part = std::min(timeout, kDay);
      if (part.count() <= 0) return record.outcome != kNone;
      auto until = std::chrono::steady_clock::now() + part;
      if (finished_.wait_until(lock, until, [&] { return record.outcome != kNone; })) return true;
      timeout -= part;
    }
  }

 private:
  void finish(Record& record, Outcome outcome, std::string text) {
    record.text = std::move(text);
    record.outcome = outcome;
    finished_.notify_all();
  }

  // A worker's thread.
  void serve(Worker& worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_to_do_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) break;
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      run(worker, job, lock);
    }
    if (worker.pid < 0) return;
    shutdown(worker.socket, SHUT_WR);
    lock.unlock();
    worker.await_end();
    lock.lock();
    worker.bury();
  }

  void run(Worker& worker, Job& job, std::unique_lock<std::mutex>& lock) {
    for (;;) {
      while (worker.pid < 0 && !terminated_) {
        try {
          worker.spawn(&mask_);
        } catch (const std::system_error&) {
          work_to_do_.wait_for(lock, std::chrono::milliseconds(10));
        }
      }
      if (terminated_) return finish(*job.record, kTerminated, "");
      lock.unlock();
      bool started = false;
      Head reply{kDied, 0};
      std::string text;
      const bool done = exchange(worker, job, started, reply, text);
      if (!done) {
        kill(worker.pid, SIGKILL);  // Where it has only closed its socket.
        worker.await_end();
      }
      lock.lock();
      if (!done) worker.bury();
      if (done) return finish(*job.record, static_cast<Outcome>(reply.what), std::move(text));
      if (terminated_) return finish(*job.record, kTerminated, "");
      if (started) return finish(*job.record, kDied, "");
    }
  }

  static bool exchange(const Worker& worker, const Job& job, bool& started, Head& reply, std::string& text) {
    const Head head{reinterpret_cast<std::uint64_t>(job.task), job.argument.size()};
    if (!send_all(worker.socket, worker.pidfd, &head, sizeof head)) return false;
    if (!send_all(worker.socket, worker.pidfd, job.argument.data(), job.argument.size())) return false;
    char byte;
    started = receive_all(worker.socket, worker.pidfd, &byte, 1);
    if (!started || !receive_all(worker.socket, worker.pidfd, &reply, sizeof reply)) return false;
    text.resize(reply.size);
    return receive_all(worker.socket, worker.pidfd, text.data(), text.size());
  }

  std::mutex mutex_;  // Guards everything below; a worker's fields are changed under it by its thread alone.
  std::condition_variable work_to_do_;
  std::condition_variable finished_;
  std::deque<Job> waiting_;
  std::vector<Worker> workers_;
  std::vector<std::thread> threads_;
  sigset_t mask_;
  bool closed_ = false;
  bool terminated_ = false;
};

std::string value_of(const Record& record) {
  if (record.outcome == kValue) return record.text;
  if (record.outcome == kFailed) throw TaskFailed(record.text);
  if (record.outcome == kDied) throw WorkerDied("the worker died in the task");
  throw PoolTerminated("the pool was terminated");
}

class Result : public AsyncResult {
 public:
  Result(std::shared_ptr<Core> core, std::shared_ptr<Record> record)
      : core_(std::move(core)), record_(std::move(record)) {}

  bool ready() override { return core_->ready(*record_); }
  void wait() override { core_->wait(*record_); }
  bool wait_for(std::chrono::milliseconds timeout) override { return core_->wait_for(*record_, timeout); }

  std::string get() override {
    wait();
    return value_of(*record_);  // Nobody changes a finished record.
  }

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<Record> record_;
};

class ThreadPool : public Pool {
 public:
  explicit ThreadPool(int workers) : core_(std::make_shared<Core>(workers)) {}
  ~ThreadPool() override { core_->terminate(); }

  int workers() const override { return core_->count(); }

  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    return std::make_unique<Result>(core_, core_->add(task, {&argument}).front());
  }

  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    std::vector<const std::string*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(&argument);
    const auto records = core_->add(task, pointers);
    for (const auto& record : records) core_->wait(*record);
    std::vector<std::string> values;
    for (const auto& record : records) values.push_back(value_of(*record));
    return values;
  }

  void close() override { core_->close(); }
  void join() override { core_->join(); }
  void terminate() override { core_->terminate(); }

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("a negative number of workers");
  if (workers == 0) workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return std::make_unique<ThreadPool>(workers);
}

}  // namespace process_pool
