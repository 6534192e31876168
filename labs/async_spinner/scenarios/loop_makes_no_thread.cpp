// Goal: the coroutine half makes no thread. Method: counts the threads of the process before, during and
// after a run of tasks that sleep, yield and join.
#include <algorithm>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

struct Threads {
  int most = 0;
  int counts = 0;
  void count() {
    most = std::max(most, racecourse::thread_count());
    ++counts;
  }
};

Task<void> work(EventLoop& loop, Threads& threads) {
  for (int step = 0; step < 3; ++step) {
    threads.count();
    co_await loop.sleep(5ms);
    threads.count();
    co_await loop.yield();
  }
}

Task<void> join(EventLoop& loop, Threads& threads, TaskId task) {
  (void)co_await loop.join(task);
  threads.count();
}

}  // namespace

RACECOURSE_SCENARIO(loop_makes_no_thread) {
  VirtualClock clock;
  Threads threads;
  const auto loop = async_spinner::make_loop(clock);
  threads.count();
  const TaskId worker = loop->spawn(work(*loop, threads));
  loop->spawn(join(*loop, threads, worker));
  run(*loop);
  threads.count();
  CHECK_MESSAGE(threads.counts > 2, "no task had a turn");
  CHECK_MESSAGE(threads.most == 1, "the coroutine half must not make a thread; there was more than one");
}
