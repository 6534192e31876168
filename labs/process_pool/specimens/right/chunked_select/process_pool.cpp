// The slow but simple way: select(), text headers, and a conversation in pieces of 4 KiB, each of which the
// other side confirms, so that neither pipe is ever full. No queue is written ahead, nothing is non-blocking.
#include "process_pool.hpp"

#include <signal.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>
#include <thread>

namespace process_pool {
namespace {

constexpr std::size_t kPiece = 4096;

// Exactly `size` bytes in one direction; false if the other side has gone.
bool put(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}
bool get(int fd, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::read(fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

// A header of 40 characters: a number and a length.
std::string header(unsigned long long number, std::size_t length) {
  std::string text = std::to_string(number);
  text.resize(20, ' ');
  text += std::to_string(length);
  text.resize(40, ' ');
  return text;
}

[[noreturn]] void work(int in, int out) {
  char head[41] = {};
  while (get(in, head, 40)) {
    const auto task = reinterpret_cast<Task>(std::stoull(std::string(head, 20)));
    std::string argument(std::stoull(std::string(head + 20, 20)), '\0');
    for (std::size_t at = 0; at < argument.size(); at += kPiece) {
      if (!put(out, "+", 1)) ::_exit(1);  // "The next piece, please."
      if (!get(in, argument.data() + at, std::min(kPiece, argument.size() - at))) ::_exit(1);
    }
    std::string reply;
    unsigned long long failed = 0;
    try {
      reply = task(argument);
    } catch (const std::exception& e) {
      failed = 1;
      reply = e.what();
    } catch (...) {
      failed = 1;
      reply = "unknown exception";
    }
    const std::string announced = "=" + header(failed, reply.size());
    if (!put(out, announced.data(), announced.size())) ::_exit(1);
    char go = 0;
    for (std::size_t at = 0; at < reply.size(); at += kPiece) {
      if (!get(in, &go, 1)) ::_exit(1);
      if (!put(out, reply.data() + at, std::min(kPiece, reply.size() - at))) ::_exit(1);
    }
  }
  ::_exit(0);
}

struct Job {
  Task task;
  std::string argument;
  std::string value;
  std::exception_ptr error;
  bool done = false;
};

struct Worker {
  pid_t pid = 0;
  int to = -1, from = -1;
  std::shared_ptr<Job> job;
  std::size_t at = 0;  // How far the argument has gone out.
  bool replying = false;
  unsigned long long failed = 0;
  std::string reply;
  std::size_t got = 0;
};

struct Shop {
  std::vector<Worker> workers;
  std::deque<std::shared_ptr<Job>> queue;
  bool open = true;

  explicit Shop(std::size_t size) : workers(size) {
    ::signal(SIGPIPE, SIG_IGN);
    try {
      for (Worker& worker : workers) start(worker);
    } catch (...) {
      finish();
      throw;
    }
  }

  void start(Worker& worker) {
    int there[2], back[2];
    if (::pipe(there) != 0) throw std::system_error(errno, std::generic_category());
    if (::pipe(back) != 0) {
      const int e = errno;
      ::close(there[0]), ::close(there[1]);
      throw std::system_error(e, std::generic_category());
    }
    const pid_t pid = ::fork();
    const int e = errno;
    if (pid == 0) {
      for (Worker& other : workers)
        if (other.to >= 0) ::close(other.to), ::close(other.from);
      ::close(there[1]), ::close(back[0]);
      work(there[0], back[1]);
    }
    ::close(there[0]), ::close(back[1]);
    if (pid < 0) {
      ::close(there[1]), ::close(back[0]);
      throw std::system_error(e, std::generic_category());
    }
    worker = Worker{};
    worker.pid = pid;
    worker.to = there[1];
    worker.from = back[0];
  }

  void reap(Worker& worker) {
    if (worker.to < 0) return;
    ::close(worker.to), ::close(worker.from);
    worker.to = worker.from = -1;
    while (::waitpid(worker.pid, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  void lose(Worker& worker) {
    ::kill(worker.pid, SIGKILL);
    const auto job = worker.job;
    reap(worker);
    worker.job = nullptr;
    if (!job) return;
    job->error = std::make_exception_ptr(WorkerDied("a worker died"));
    job->done = true;
  }

  void feed() {
    for (Worker& worker : workers) {
      while (!worker.job && !queue.empty()) {
        if (worker.to < 0 || ended(worker)) {
          lose_idle(worker);
          start(worker);
        }
        const auto job = queue.front();
        const std::string head =
            header(reinterpret_cast<unsigned long long>(job->task), job->argument.size());
        if (!put(worker.to, head.data(), head.size())) continue;
        queue.pop_front();
        worker.job = job;
        worker.at = worker.got = 0;
        worker.replying = false;
      }
    }
  }
  void lose_idle(Worker& worker) {
    if (worker.to < 0) return;
    ::kill(worker.pid, SIGKILL);
    reap(worker);
  }
  // An idle worker says nothing: if its pipe can be read, it has ended.
  static bool ended(const Worker& worker) { return readable({&worker, 1}, 0).count(worker) != 0; }

  struct Readable {
    fd_set set;
    std::size_t count(const Worker& worker) const { return FD_ISSET(worker.from, &set) ? 1u : 0u; }
  };
  struct Span {
    const Worker* first;
    std::size_t size;
  };
  static Readable readable(Span span, long timeout_ms) {
    Readable result{};
    FD_ZERO(&result.set);
    int highest = -1;
    for (const Worker* worker = span.first; worker != span.first + span.size; ++worker) {
      if (worker->from < 0) continue;
      FD_SET(worker->from, &result.set);
      highest = std::max(highest, worker->from);
    }
    timeval limit{timeout_ms / 1000, timeout_ms % 1000 * 1000};
    if (::select(highest + 1, &result.set, nullptr, nullptr, timeout_ms < 0 ? nullptr : &limit) < 0)
      FD_ZERO(&result.set);
    return result;
  }

  void turn(long timeout_ms) {
    feed();
    const Readable ready = readable({workers.data(), workers.size()}, timeout_ms);
    for (Worker& worker : workers)
      if (worker.from >= 0 && ready.count(worker) != 0 && !converse(worker)) lose(worker);
    feed();
  }

  // One step of the conversation with a worker that has something to say.
  bool converse(Worker& worker) {
    if (!worker.job) return false;
    if (worker.replying) {
      char piece[kPiece];
      const std::size_t size = std::min(kPiece, worker.reply.size() - worker.got);
      if (!get(worker.from, piece, size)) return false;
      std::memcpy(worker.reply.data() + worker.got, piece, size);
      worker.got += size;
      return next_of_reply(worker);
    }
    char what = 0;
    if (!get(worker.from, &what, 1)) return false;
    if (what == '+') {
      const std::string& argument = worker.job->argument;
      const std::size_t size = std::min(kPiece, argument.size() - worker.at);
      worker.at += size;
      return put(worker.to, argument.data() + worker.at - size, size);
    }
    char head[40];
    if (!get(worker.from, head, 40)) return false;
    worker.failed = std::stoull(std::string(head, 20));
    worker.reply.assign(std::stoull(std::string(head + 20, 20)), '\0');
    worker.got = 0;
    worker.replying = true;
    return next_of_reply(worker);
  }

  bool next_of_reply(Worker& worker) {
    if (worker.got < worker.reply.size()) return put(worker.to, "+", 1);
    const auto job = std::move(worker.job);
    worker.job = nullptr;
    worker.replying = false;
    if (worker.failed != 0)
      job->error = std::make_exception_ptr(TaskFailed(worker.reply));
    else
      job->value = std::move(worker.reply);
    worker.reply.clear();
    job->done = true;
    return true;
  }

  bool busy() const {
    return !queue.empty() ||
           std::any_of(workers.begin(), workers.end(), [](const Worker& w) { return !!w.job; });
  }

  void finish() {
    open = false;
    const auto why = std::make_exception_ptr(PoolTerminated("terminated"));
    // Idle workers are killed too: a younger pool's workers may hold copies of the pipes, so that they never
    // end.
    for (Worker& worker : workers)
      if (worker.to >= 0) ::kill(worker.pid, SIGKILL);
    for (Worker& worker : workers) {
      reap(worker);
      if (worker.job) worker.job->error = why, worker.job->done = true, worker.job = nullptr;
    }
    for (auto& job : queue) job->error = why, job->done = true;
    queue.clear();
  }
};

class Handle : public AsyncResult {
 public:
  Handle(std::shared_ptr<Shop> shop, std::shared_ptr<Job> job) : shop_(shop), job_(job) {}
  bool ready() override {
    if (!job_->done) shop_->turn(0);
    return job_->done;
  }
  void wait() override {
    while (!job_->done) shop_->turn(-1);
  }
  bool wait_for(std::chrono::milliseconds timeout) override {
    const auto end = std::chrono::steady_clock::now() +
                     std::min<std::chrono::milliseconds>(timeout, std::chrono::hours(24));
    while (!ready()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      shop_->turn(1);
    }
    return true;
  }
  std::string get() override {
    wait();
    if (job_->error) std::rethrow_exception(job_->error);
    return job_->value;
  }

 private:
  std::shared_ptr<Shop> shop_;
  std::shared_ptr<Job> job_;
};

class SimplePool : public Pool {
 public:
  explicit SimplePool(int size) : shop_(std::make_shared<Shop>(static_cast<std::size_t>(size))) {}
  ~SimplePool() override { shop_->finish(); }
  int workers() const override { return static_cast<int>(shop_->workers.size()); }
  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    if (!shop_->open) throw PoolClosed("closed");
    if (task == nullptr) throw std::invalid_argument("task");
    auto job = std::make_shared<Job>(Job{task, argument, {}, nullptr});
    shop_->queue.push_back(job);
    shop_->turn(0);
    return std::make_unique<Handle>(shop_, job);
  }
  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    if (!shop_->open) throw PoolClosed("closed");
    std::vector<std::unique_ptr<AsyncResult>> handles;
    for (const auto& argument : arguments) handles.push_back(apply_async(task, argument));
    for (const auto& handle : handles) handle->wait();
    std::vector<std::string> values;
    for (const auto& handle : handles) values.push_back(handle->get());
    return values;
  }
  void close() override { shop_->open = false; }
  void join() override {
    if (shop_->open) throw std::logic_error("open");
    while (shop_->busy()) shop_->turn(-1);
    shop_->finish();
  }
  void terminate() override { shop_->finish(); }

 private:
  std::shared_ptr<Shop> shop_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("workers");
  if (workers == 0) workers = static_cast<int>(std::thread::hardware_concurrency());
  return std::make_unique<SimplePool>(workers);
}

}  // namespace process_pool
