// A pool of worker processes: the interface that you implement in process_pool.cpp.
//
// The caller hands tasks to the pool; the pool runs them in processes made by fork() and brings the results
// back. What the handout (README.md) adds to this file is advice: every demand stands here.
//
// Threads. One thread at a time uses a pool and its results; callers never call in from two threads at once.
// The pool may run threads of its own inside, as long as nobody outside notices. Progress. Tasks need to
// start, and results need to arrive, only while the caller is inside some function of the pool or of one of
// its results. A loop that does nothing but ask ready() must come to an end. Signals. Every function works
// when signals with handlers interrupt the caller or a worker: nothing is lost, cut short or reported as
// failed because a system call returned EINTR or did only a part of its work. Surroundings. The pool never
// touches the caller's own child processes (it does not take their exit codes either) and descriptors, and
// never lets SIGPIPE end the caller. Several pools may exist at once and end in any order.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace process_pool {

// What a worker runs: bytes in, bytes out. Any bytes, of any length, '\0' included. The address of a function
// is the same in the caller and in a worker, because fork() copies the caller: it can be sent to the worker
// as it is.
using Task = std::string (*)(const std::string& argument);

// The task threw. what() is exactly the what() of the exception that left the task, whatever its length; for
// a thrown object that is no std::exception it is "unknown exception". Of nested exceptions only the
// outermost counts.
class [[gnu::visibility("default")]] TaskFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The worker ended while it was running the task: killed by a signal, or by exit() or _exit() in the task,
// with any exit code, 0 included. what() is yours to choose.
class [[gnu::visibility("default")]] WorkerDied : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The pool was terminated, or destroyed, before the task was finished. what() is yours to choose.
class [[gnu::visibility("default")]] PoolTerminated : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A task was given to a pool that takes no more: after close() or terminate(). what() is yours to choose.
class [[gnu::visibility("default")]] PoolClosed : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// The result of one task, which comes later. A task is finished when its value, its exception or the death of
// its worker is known, or when the pool has been terminated; once finished it stays so, with the same
// outcome. It may outlive its pool. Destroying it neither stops the task nor waits for it.
class AsyncResult {
 public:
  virtual ~AsyncResult() = default;

  // Whether the task is finished. Never waits for the task.
  virtual bool ready() = 0;

  // Returns when the task is finished. Never throws because of the task's outcome.
  virtual void wait() = 0;

  // Returns true as soon as the task is finished, or false when `timeout` has passed first, never earlier.
  // A timeout of zero or less only asks, as ready() does.
  virtual bool wait_for(std::chrono::milliseconds timeout) = 0;

  // Waits until the task is finished. Returns its value, or throws TaskFailed, WorkerDied or PoolTerminated.
  // May be called any number of times, with the same outcome each time.
  virtual std::string get() = 0;
};

class Pool {
 public:
  // Without terminate() or join() before, the destructor does what terminate() does. It never throws.
  virtual ~Pool() = default;

  // The number of worker processes, which never changes. So many tasks run at the same time; a task that
  // waits for a worker gets the first one that is free. A worker runs many tasks, one after the other: while
  // no worker dies, tasks never run in more than workers() different processes, and never in the caller's.
  virtual int workers() const = 0;

  // Hands in one task and returns without waiting for any task to finish, however many tasks are waiting and
  // however long their arguments are. The pool has its own copy of `argument`. Throws std::invalid_argument
  // if `task` is null, PoolClosed after close() or terminate().
  virtual std::unique_ptr<AsyncResult> apply_async(Task task, const std::string& argument) = 0;

  // Runs `task` on each argument and returns the values in the order of the arguments, whatever the order in
  // which the tasks finish. Returns, or throws, only when all these tasks are finished. If some failed, it
  // throws what get() would throw for the failed one that stands first in `arguments`. Without arguments it
  // returns an empty vector. Tasks that were handed in before and are not finished yet go on as usual. Throws
  // std::invalid_argument if `task` is null, PoolClosed after close() or terminate(), also without arguments.
  virtual std::vector<std::string> map(Task task, const std::vector<std::string>& arguments) = 0;

  // The pool takes no more tasks. Tasks handed in before are all still run. Does not wait. Calling it again,
  // or after terminate(), does nothing.
  virtual void close() = 0;

  // Waits until all tasks are finished and all workers have ended. Afterwards nothing of the pool is left: no
  // process, no zombie, no open descriptor, no thread. Calling it again, or after terminate(), does nothing.
  // Throws std::logic_error if neither close() nor terminate() was called before.
  virtual void join() = 0;

  // Ends the workers at once, whatever their tasks are doing (sleeping, spinning, ignoring SIGTERM). Tasks
  // that wait for a worker never start. Every unfinished task is finished with PoolTerminated; what was
  // finished stays. (Where a task is ending at this very moment and the caller has not yet seen its result
  // ready, either is right.) Afterwards nothing of the pool is left, as after join(). Calling it again, or
  // after join(), does nothing.
  virtual void terminate() = 0;
};

// A pool of `workers` processes, or of as many as there are cores if `workers` is 0: either
// std::thread::hardware_concurrency() or the number of cores this process may run on, where these differ.
// Throws std::invalid_argument if `workers` is negative, and std::system_error, with nothing left behind, if
// the system refuses it a process or a descriptor. Workers may be forked here or each when it is first
// needed: what a task sees of the caller's memory is a copy from some moment between make_pool() and the
// start of the task. Where the system refuses a worker later on, the pool may try again later, or throw
// std::system_error from the function that the caller is in.
//
// Workers that die. A worker's death is noticed. The task that it was running is finished with WorkerDied and
// is not run again; no other task suffers. A worker that dies without a task costs no task at all. In both
// cases another worker takes its place before the next tasks need it. (Where a worker dies while an argument
// or a result is on its way, the task either fails with WorkerDied or gives its right value; part of a value
// is never taken for a value.)
//
// Workers that end. A worker leaves without running the caller's atexit functions and without flushing the
// caller's buffered output. If the caller dies, by SIGKILL for instance, its workers end too, as soon as the
// task they are running, if any, is over.
[[gnu::visibility("default")]] std::unique_ptr<Pool> make_pool(int workers = 0);

}  // namespace process_pool
