// Programs in which a thread never gets in although others go on, however fair the schedule is.
//
// Two threads relay: one does not leave before the other has come in, so what the third waits for never
// happens.
#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

namespace {

// Who of the two readers comes next; each stays inside until the other one is inside too.
struct Relay {
  std::atomic<bool> over = false;
  std::atomic<int> entered = 0;

  // enter() and leave() are the read lock in question.
  void run(int reader, auto enter, auto leave) {
    for (int turn = reader; !over; turn += 2) {
      while (entered < turn && !over) std::this_thread::yield();
      enter();
      ++entered;
      while (entered < turn + 2 && !over) std::this_thread::yield();
      leave();
    }
  }
  // Two readers, and a writer that comes when the first of them is inside.
  void against(auto enter, auto leave, auto write) {
    std::thread first([&] { run(0, enter, leave); });
    std::thread second([&] { run(1, enter, leave); });
    while (entered == 0) std::this_thread::yield();
    std::thread writer([&] { write(*this); });
    first.join();
    second.join();
    writer.join();
  }
};

}  // namespace

WRONG(writer_behind_a_relay_of_readers, starvation) {
  std::shared_mutex mutex;
  Relay().against([&] { mutex.lock_shared(); }, [&] { mutex.unlock_shared(); },
                  [&](Relay& relay) {
                    const std::lock_guard guard(mutex);
                    relay.over = true;
                  });
}

WRONG(pthread_writer_behind_a_relay, starvation) {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  Relay().against([&] { pthread_rwlock_rdlock(&lock); }, [&] { pthread_rwlock_unlock(&lock); },
                  [&](Relay& relay) {
                    pthread_rwlock_wrlock(&lock);
                    relay.over = true;
                    pthread_rwlock_unlock(&lock);
                  });
}

WRONG(own_lock_that_prefers_readers, starvation) {
  std::mutex mutex;
  std::condition_variable no_readers;
  int readers = 0;
  Relay().against(
      [&] {
        const std::lock_guard guard(mutex);
        ++readers;
      },
      [&] {
        const std::lock_guard guard(mutex);
        if (--readers == 0) no_readers.notify_one();
      },
      [&](Relay& relay) {
        std::unique_lock lock(mutex);
        no_readers.wait(lock, [&] { return readers == 0; });
        relay.over = true;
      });
}

WRONG(own_lock_that_wakes_the_writer_in_vain, starvation) {
  std::mutex mutex;
  std::condition_variable changed;
  int readers = 0;
  Relay().against(
      [&] {
        const std::lock_guard guard(mutex);
        ++readers;
      },
      [&] {
        const std::lock_guard guard(mutex);
        --readers;
        changed.notify_all();
      },
      [&](Relay& relay) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return readers == 0; });
        relay.over = true;
      });
}

WRONG(own_spin_lock_that_prefers_readers, starvation) {
  std::atomic<int> state = 0;  // Readers inside, or -1 for a writer.
  Relay().against(
      [&] {
        for (int seen = state;;)
          if (seen >= 0 && state.compare_exchange_strong(seen, seen + 1)) break;
      },
      [&] { --state; },
      [&](Relay& relay) {
        for (int free = 0; !state.compare_exchange_strong(free, -1); free = 0) std::this_thread::yield();
        relay.over = true;
        state = 0;
      });
}

WRONG(turn_that_never_comes, starvation) {
  // Three take turns, but the turn is counted modulo two.
  std::atomic<int> turn = 0;
  std::atomic<bool> over = false;
  const auto work = [&](int me) {
    while (!over) {
      if (turn != me) {
        std::this_thread::yield();
        continue;
      }
      turn = (me + 1) % 2;
      if (me == 2) over = true;
    }
  };
  std::thread a(work, 0);
  std::thread b(work, 1);
  std::thread c(work, 2);
  a.join();
  b.join();
  c.join();
}

WRONG(two_important_ones_hold_back_a_third, starvation) {
  // Whoever is unimportant waits until no important thread is interested; two of them always overlap.
  std::mutex mutex;
  std::atomic<int> interested = 0;
  Relay().against([&] { ++interested; },
                  [&] {
                    { const std::lock_guard guard(mutex); }
                    --interested;
                  },
                  [&](Relay& relay) {
                    for (;;) {
                      const std::lock_guard guard(mutex);
                      if (interested != 0) continue;
                      relay.over = true;
                      return;
                    }
                  });
}
