// Programs that take locks in different orders and are kept from a deadlock by the clock alone: the virtual
// clock stands still until everybody waits, so no schedule shows the deadlock, but a slow machine would.
#include <pthread.h>

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace racecourse::schedules::programs;
using namespace std::chrono_literals;

namespace {

// One takes a and then b at once; the other b and then a, but later.
template <class First, class Second>
void in_both_orders(First& a, Second& b) {
  std::thread early([&] {
    const std::lock_guard first(a);
    const std::lock_guard second(b);
  });
  std::thread late([&] {
    std::this_thread::sleep_for(1s);
    const std::lock_guard first(b);
    const std::lock_guard second(a);
  });
  early.join();
  late.join();
}

}  // namespace

WRONG(opposite_orders_kept_apart_by_sleep, potential_deadlock) {
  std::mutex a;
  std::mutex b;
  in_both_orders(a, b);
}

WRONG(opposite_orders_of_a_recursive_mutex, potential_deadlock) {
  std::recursive_mutex a;
  std::mutex b;
  in_both_orders(a, b);
}

WRONG(opposite_orders_of_timed_mutexes, potential_deadlock) {
  std::timed_mutex a;
  std::timed_mutex b;
  in_both_orders(a, b);
}

WRONG(opposite_orders_of_spin_locks, potential_deadlock) {
  struct Spin {
    pthread_spinlock_t lock_;
    Spin() { pthread_spin_init(&lock_, PTHREAD_PROCESS_PRIVATE); }
    void lock() { pthread_spin_lock(&lock_); }
    void unlock() { pthread_spin_unlock(&lock_); }
  };
  Spin a;
  Spin b;
  in_both_orders(a, b);
}

WRONG(philosophers_who_sit_down_one_by_one, potential_deadlock) {
  std::mutex forks[3];
  std::vector<std::thread> philosophers;
  for (int i = 0; i < 3; ++i)
    philosophers.emplace_back([&forks, i] {
      std::this_thread::sleep_for(i * 1s);
      const std::lock_guard left(forks[i]);
      const std::lock_guard right(forks[(i + 1) % 3]);
    });
  for (std::thread& philosopher : philosophers) philosopher.join();
}

WRONG(transfer_between_two_accounts, potential_deadlock) {
  struct Account {
    std::mutex mutex;
    int balance = 10;
  };
  Account mine;
  Account yours;
  const auto transfer = [](Account& from, Account& to) {
    const std::lock_guard first(from.mutex);
    const std::lock_guard second(to.mutex);
    --from.balance;
    ++to.balance;
  };
  std::thread give([&] { transfer(mine, yours); });
  std::thread give_back([&] {
    std::this_thread::sleep_for(10ms);
    transfer(yours, mine);
  });
  give.join();
  give_back.join();
}
