// apply_async() asks whether the queue is empty without the lock under which the pool's threads change
// it.
#include "process_pool.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <deque>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

struct Header {
  Task task;
  std::uint64_t failed;
  std::uint64_t size;
};

// Returns how many bytes went out before the other side was gone.
std::size_t write_all(int fd, const void* bytes, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::send(fd, static_cast<const char*>(bytes) + done, size - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

bool read_all(int fd, void* bytes, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::recv(fd, static_cast<char*>(bytes) + done, size - done, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

[[noreturn]] void serve(int fd) {
  try {
    Header header{};
    while (read_all(fd, &header, sizeof header)) {
      std::string argument(header.size, '\0');
      if (!read_all(fd, argument.data(), argument.size())) break;
      std::string reply;
      header.failed = 0;
      try {
        reply = header.task(argument);
      } catch (const std::exception& e) {
        header.failed = 1;
        reply = e.what();
      } catch (...) {
        header.failed = 1;
        reply = "unknown exception";
      }
      header.size = reply.size();
      if (write_all(fd, &header, sizeof header) != sizeof header) break;
      if (write_all(fd, reply.data(), reply.size()) != reply.size()) break;
    }
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

// Forks of all pools happen one at a time, so that no child inherits the far end of another worker's channel.
std::mutex fork_mutex;

class Worker {
 public:
  void start(const std::vector<Worker>& crew) {
    const std::lock_guard lock(fork_mutex);
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::system_error(errno, std::generic_category(), "socketpair");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      for (const Worker& other : crew)
        if (other.fd_ >= 0) ::close(other.fd_);
      serve(ends[1]);
    }
    ::close(ends[1]);
    fd_ = ends[0];
    if (pid_ < 0) {
      const int error = errno;
      ::close(fd_);
      fd_ = -1;
      throw std::system_error(error, std::generic_category(), "fork");
    }
  }
  void kill() const {
    if (fd_ >= 0) ::kill(pid_, SIGKILL);
  }
  // Waits for a worker that has been killed or told that there is no more work.
  void stop() {
    if (fd_ < 0) return;
    ::shutdown(fd_, SHUT_WR);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  pid_t pid_ = -1;
  int fd_ = -1;
};

struct Job {
  Task task;
  std::string argument;
  std::promise<std::string> promise;
};

class FutureResult : public AsyncResult {
 public:
  explicit FutureResult(std::shared_future<std::string> future) : future_(std::move(future)) {}
  bool ready() override { return wait_for(std::chrono::milliseconds(0)); }
  void wait() override { future_.wait(); }
  bool wait_for(std::chrono::milliseconds timeout) override {
    return future_.wait_for(timeout) == std::future_status::ready;
  }
  std::string get() override { return future_.get(); }

 private:
  std::shared_future<std::string> future_;
};

class ThreadedPool : public Pool {
 public:
  explicit ThreadedPool(int count) : workers_(static_cast<std::size_t>(count)) {
    try {
      for (Worker& worker : workers_) worker.start(workers_);
      for (Worker& worker : workers_) threads_.emplace_back([this, &worker] { attend(worker); });
    } catch (...) {
      terminate();
      throw;
    }
  }
  ~ThreadedPool() override { terminate(); }

  int workers() const override { return static_cast<int>(workers_.size()); }

  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    if (task == nullptr) throw std::invalid_argument("no task");
    auto job = std::make_unique<Job>(Job{task, argument, {}});
    auto result = std::make_unique<FutureResult>(job->promise.get_future().share());
    const bool was_empty = queue_.empty();
    {
      const std::lock_guard lock(mutex_);
      if (closed_) throw PoolClosed("closed");
      queue_.push_back(std::move(job));
    }
    if (was_empty) {
      changed_.notify_all();
    } else {
      changed_.notify_one();
    }
    return result;
  }

  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) throw PoolClosed("closed");
    }
    std::vector<std::unique_ptr<AsyncResult>> results;
    for (const auto& argument : arguments) results.push_back(apply_async(task, argument));
    for (const auto& result : results) result->wait();
    std::vector<std::string> values;
    for (const auto& result : results) values.push_back(result->get());
    return values;
  }

  void close() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  void join() override {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) throw std::logic_error("join of an open pool");
    }
    end_threads();
  }

  void terminate() override {
    {
      const std::lock_guard lock(mutex_);
      closed_ = terminated_ = true;
      for (const auto& job : queue_) fail(*job);
      queue_.clear();
      for (Worker& worker : workers_) worker.kill();
      changed_.notify_all();
    }
    end_threads();
    for (Worker& worker : workers_) worker.stop();  // Those that never got a thread.
  }

 private:
  static void fail(Job& job) { job.promise.set_exception(std::make_exception_ptr(PoolTerminated("ended"))); }

  void end_threads() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  void attend(Worker& worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return closed_ || !queue_.empty(); });
      if (queue_.empty()) break;
      const std::unique_ptr<Job> job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      run(worker, *job);
      lock.lock();
    }
    worker.stop();
  }

  // Replaces a worker that has died; false if the pool has ended.
  bool replace(Worker& worker) {
    const std::lock_guard lock(mutex_);
    if (terminated_) return false;
    worker.kill();
    worker.stop();
    worker.start(workers_);
    return true;
  }

  void run(Worker& worker, Job& job) {
    for (;;) {
      Header header{job.task, 0, job.argument.size()};
      const std::size_t sent = write_all(worker.fd(), &header, sizeof header);
      if (sent == 0) {  // It had died before it got the task.
        if (replace(worker)) continue;
        return fail(job);
      }
      write_all(worker.fd(), job.argument.data(), job.argument.size());
      std::string reply;
      if (read_all(worker.fd(), &header, sizeof header)) {
        reply.resize(header.size);
        if (read_all(worker.fd(), reply.data(), reply.size())) {
          if (header.failed == 0) return job.promise.set_value(std::move(reply));
          return job.promise.set_exception(std::make_exception_ptr(TaskFailed(reply)));
        }
      }
      if (!replace(worker)) return fail(job);
      return job.promise.set_exception(std::make_exception_ptr(WorkerDied("the worker died")));
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> queue_;
  bool closed_ = false;
  bool terminated_ = false;
  std::vector<Worker> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("negative number of workers");
  if (workers == 0) workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return std::make_unique<ThreadedPool>(workers);
}

}  // namespace process_pool
