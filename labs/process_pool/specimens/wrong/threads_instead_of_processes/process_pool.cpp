// Threads in the caller's process: what tasks do, they do to the caller, and nothing protects it from them.
#include "process_pool.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace process_pool {
namespace {

class Result : public AsyncResult {
 public:
  explicit Result(std::shared_future<std::string> future) : future_(std::move(future)) {}
  bool ready() override { return wait_for({}); }
  void wait() override { future_.wait(); }
  bool wait_for(std::chrono::milliseconds timeout) override {
    return future_.wait_for(timeout) == std::future_status::ready;
  }
  std::string get() override { return future_.get(); }

 private:
  std::shared_future<std::string> future_;
};

struct Job {
  Task task;
  std::string argument;
  std::promise<std::string> promise;
};

class ThreadPool : public Pool {
 public:
  explicit ThreadPool(int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
    count_ = count;
  }
  ~ThreadPool() override { terminate(); }
  int workers() const override { return count_; }
  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    if (task == nullptr) throw std::invalid_argument("task");
    const std::lock_guard lock(mutex_);
    if (closed_) throw PoolClosed("closed");
    jobs_.push_back(Job{task, argument, {}});
    changed_.notify_one();
    return std::make_unique<Result>(jobs_.back().promise.get_future().share());
  }
  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    if (closed_) throw PoolClosed("closed");
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
    if (!closed_) throw std::logic_error("open");
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  void terminate() override {
    {
      const std::lock_guard lock(mutex_);
      for (Job& job : jobs_) job.promise.set_exception(std::make_exception_ptr(PoolTerminated("terminated")));
      jobs_.clear();
    }
    close();
    join();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return closed_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      try {
        job.promise.set_value(job.task(job.argument));
      } catch (const std::exception& error) {
        job.promise.set_exception(std::make_exception_ptr(TaskFailed(error.what())));
      } catch (...) {
        job.promise.set_exception(std::make_exception_ptr(TaskFailed("unknown exception")));
      }
      lock.lock();
    }
  }

  int count_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(int workers) {
  if (workers < 0) throw std::invalid_argument("workers");
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::make_unique<ThreadPool>(workers > 0 ? workers : cores);
}

}  // namespace process_pool
