// Correct programs that look like starvation for a while: somebody waits long, but gets in under a fair
// schedule.
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

CORRECT(writer_among_readers) {
  std::shared_mutex mutex;
  std::atomic<bool> written = false;
  const auto read = [&] {
    while (!written) const std::shared_lock lock(mutex);
  };
  std::thread first(read);
  std::thread second(read);
  std::thread writer([&] {
    const std::lock_guard guard(mutex);
    written = true;
  });
  first.join();
  second.join();
  writer.join();
}

CORRECT(greedy_thread_and_a_patient_one) {
  std::mutex mutex;
  std::atomic<bool> served = false;
  std::atomic<int> rounds = 0;
  std::thread greedy([&] {
    while (!served) {
      const std::lock_guard guard(mutex);
      ++rounds;
    }
  });
  std::thread patient([&] {
    const std::lock_guard guard(mutex);
    served = true;
  });
  greedy.join();
  patient.join();
}

CORRECT(sleeper_while_others_work_long) {
  // So long that the schedule has become fair when the notification comes.
  std::mutex mutex;
  std::condition_variable condition;
  int done = 0;
  std::thread sleeper([&] {
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return done == 4500; });
  });
  std::thread worker([&] {
    for (int i = 0; i < 4500; ++i) {
      const std::lock_guard guard(mutex);
      if (++done == 4500) condition.notify_one();
    }
  });
  sleeper.join();
  worker.join();
}

CORRECT(tickets_until_everybody_was_served) {
  std::atomic<unsigned> next = 0;
  std::atomic<unsigned> serving = 0;
  std::atomic<int> not_served = 3;
  const auto work = [&] {
    bool served = false;
    while (not_served != 0) {
      const unsigned mine = next.fetch_add(1);
      while (serving != mine) std::this_thread::yield();
      if (!served) --not_served;
      served = true;
      serving = mine + 1;
    }
  };
  std::thread a(work);
  std::thread b(work);
  std::thread c(work);
  a.join();
  b.join();
  c.join();
}

CORRECT(semaphore_that_a_busy_thread_takes_again_and_again) {
  std::counting_semaphore<2> units(1);
  std::atomic<bool> served = false;
  std::thread busy([&] {
    while (!served) {
      units.acquire();
      units.release();
    }
  });
  std::thread other([&] {
    units.acquire();
    served = true;
    units.release();
  });
  busy.join();
  other.join();
}

CORRECT(semaphore_that_four_contend_for) {
  std::counting_semaphore<2> units(1);
  std::atomic<int> inside = 0;
  const auto work = [&] {
    for (int i = 0; i < 3; ++i) {
      units.acquire();
      require(++inside == 1, "one at a time");
      --inside;
      units.release();
    }
  };
  std::thread a(work);
  std::thread b(work);
  std::thread c(work);
  std::thread d(work);
  a.join();
  b.join();
  c.join();
  d.join();
}

// Looks at a value often, but not for ever: time must not pass while it does.
TIMED(looks_often_between_sleeps) {
  using namespace std::chrono_literals;
  std::atomic<bool> stop = false;
  const auto start = std::chrono::steady_clock::now();
  bool in_time = true;
  std::thread worker([&] {
    for (int frame = 1; frame <= 3; ++frame) {
      std::this_thread::sleep_for(100ms);
      for (int i = 0; i < 20; ++i) (void)stop.load();
      in_time = in_time && std::chrono::steady_clock::now() - start == frame * 100ms;
    }
  });
  std::this_thread::sleep_for(550ms);
  stop = true;
  worker.join();
  require(in_time, "time passes only while everybody waits");
}
