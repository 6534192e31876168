#include "race_counter.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>

#include <vector>

namespace race_counter {
namespace {

class PlainCounter : public Counter {
 public:
  void increment() override { ++value_; }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t value_ = 0;
};

class PlainBounded : public BoundedCounter {
 public:
  explicit PlainBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override {
    if (value_ == limit_) return false;
    ++value_;
    return true;
  }
  bool try_decrement() override {
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  std::int64_t value() const override { return value_; }

 private:
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

class PlainDocument : public Document {
 public:
  explicit PlainDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override { return now_; }
  bool try_save(std::uint64_t base_version, const std::string& text) override {
    if (base_version != now_.version) return false;
    now_.text = text;
    ++now_.version;
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    now_.text = change(now_.text);
    return ++now_.version;
  }

 private:
  Snapshot now_;
};
struct Fiber {
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(1 << 17);
  bool ended = false;
};
std::vector<Fiber>* fibers = nullptr;
ucontext_t main_context;
std::size_t present = 0;
const std::function<void(std::size_t)>* the_job = nullptr;

void fiber_main() {
  (*the_job)(present);
  (*fibers)[present].ended = true;
  swapcontext(&(*fibers)[present].context, &main_context);
}
void switch_away(int) { swapcontext(&(*fibers)[present].context, &main_context); }

}  // namespace

std::unique_ptr<Counter> make_counter() { return std::make_unique<PlainCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<PlainBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) {
  return std::make_unique<PlainDocument>(std::move(text));
}
void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<Fiber> mine(jobs);
  fibers = &mine;
  the_job = &job;
  for (Fiber& fiber : mine) {
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.data();
    fiber.context.uc_stack.ss_size = fiber.stack.size();
    makecontext(&fiber.context, fiber_main, 0);
  }
  struct sigaction action {};
  action.sa_handler = switch_away;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGVTALRM, &action, nullptr);
  itimerval slice{{0, 1000}, {0, 1000}};
  for (bool left = true; left;) {
    left = false;
    for (present = 0; present < jobs; ++present) {
      if (mine[present].ended) continue;
      left = true;
      setitimer(ITIMER_VIRTUAL, &slice, nullptr);
      swapcontext(&main_context, &mine[present].context);
      itimerval none{};
      setitimer(ITIMER_VIRTUAL, &none, nullptr);
    }
  }
}

}  // namespace race_counter
