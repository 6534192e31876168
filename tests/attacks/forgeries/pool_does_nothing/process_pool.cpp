// Answers every call at once and runs no task.
#include "process_pool.hpp"

namespace process_pool {
namespace {
struct NoResult final : AsyncResult {
  explicit NoResult(std::string value) : value_(std::move(value)) {}
  bool ready() override { return true; }
  void wait() override {}
  bool wait_for(std::chrono::milliseconds) override { return true; }
  std::string get() override { return value_; }
  std::string value_;
};
struct NoPool final : Pool {
  explicit NoPool(int workers) : workers_(workers > 0 ? workers : 1) {}
  int workers() const override { return workers_; }
  std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) override {
    return std::make_unique<NoResult>((void(task), argument));
  }
  std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) override {
    std::vector<std::string> values;
    for (const std::string& argument : arguments) values.push_back((void(task), argument));
    return values;
  }
  void close() override {}
  void join() override {}
  void terminate() override {}
  int workers_;
};
}  // namespace
std::unique_ptr<Pool> make_pool(int workers) { return std::make_unique<NoPool>(workers); }
}  // namespace process_pool
