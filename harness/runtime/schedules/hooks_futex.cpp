// syscall(): the futex calls under std::atomic::wait, futures, latches, barriers and semaphores of the
// standard library, and those system calls whose answer must not vary.
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include <cstring>

#include "hook.hpp"
#include "next_symbol.hpp"
#include "random_bytes.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

namespace {

struct Arguments {
  long values[6];
  template <class T>
  [[nodiscard]] T* pointer(int index) const {
    return reinterpret_cast<T*>(values[index]);
  }
};

long fail_call_with(int code) {
  errno = code;
  return -1;
}

void announce(std::uintptr_t address, OperationKind kind, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  const Operation operation{kind, 4, false, address, pc};
  engine.is_choice(engine.shadow.word(address)) ? engine.point(operation) : engine.private_step(operation);
}

long wait(const Arguments& arguments, int command, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  const auto address = static_cast<std::uintptr_t>(arguments.values[0]);
  std::optional<std::uint64_t> deadline_ns;
  if (const auto* const time = arguments.pointer<const timespec>(3)) {
    if (!is_valid(*time)) return fail_call_with(EINVAL);
    const clockid_t clock =
        (arguments.values[1] & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    deadline_ns = command == FUTEX_WAIT ? deadline_after(*time) : deadline_of(clock, *time);
  }
  announce(address, OperationKind::futex_wait, pc);
  std::uint32_t found = 0;
  std::memcpy(&found, reinterpret_cast<const void*>(address), sizeof found);
  const auto expected = static_cast<std::uint32_t>(arguments.values[2]);
  if (found != expected) return fail_call_with(EAGAIN);
  // std::counting_semaphore of libstdc++ 12 waits for the count to differ from what it read before it last
  // tried. If the count has come back to that it sleeps although the semaphore is available: a bug, but not
  // the submission's. Who has since seen something else is told to look again, as a futex may do at any time.
  const Thread& me = engine.self();
  if (me.looked_at == address && static_cast<std::uint32_t>(me.looked_value) != expected)
    return fail_call_with(EAGAIN);
  if (deadline_ns && *deadline_ns <= engine.now_ns()) return fail_call_with(ETIMEDOUT);
  Futex& futex = engine.objects.find_or_make<Futex>(address);
  engine.self().futex_bits =
      command == FUTEX_WAIT_BITSET ? static_cast<std::uint32_t>(arguments.values[5]) : FUTEX_BITSET_MATCH_ANY;
  return engine.wait(futex, futex.waiters, deadline_ns, nullptr) ? 0 : fail_call_with(ETIMEDOUT);
}

long wake(const Arguments& arguments, int command, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  const auto address = static_cast<std::uintptr_t>(arguments.values[0]);
  announce(address, OperationKind::futex_wake, pc);
  Futex& futex = engine.objects.find_or_make<Futex>(address);
  const std::uint32_t bits =
      command == FUTEX_WAKE_BITSET ? static_cast<std::uint32_t>(arguments.values[5]) : FUTEX_BITSET_MATCH_ANY;
  if (futex.waiters.empty())
    futex.unheard = {true, engine.self().id, engine.step(), pc, engine.self().context};
  long woken = 0;
  while (woken < static_cast<int>(arguments.values[2])) {
    std::uint32_t matching = 0;
    for (Thread* waiter = futex.waiters.first(); waiter != nullptr; waiter = waiter->queue_next)
      if ((waiter->futex_bits & bits) != 0) ++matching;
    if (matching == 0) break;
    const bool all = static_cast<std::uint32_t>(static_cast<int>(arguments.values[2]) - woken) >= matching;
    std::uint32_t skip = all ? 0 : engine.choose(AlternativeKind::which_waiter, matching);
    Thread* waiter = futex.waiters.first();
    while ((waiter->futex_bits & bits) == 0 || skip-- > 0) waiter = waiter->queue_next;
    engine.wake(*waiter);
    ++woken;
  }
  return woken;
}

long futex_call(const Arguments& arguments, std::uintptr_t pc) {
  const int command = static_cast<int>(arguments.values[1]) & FUTEX_CMD_MASK;
  if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) return wait(arguments, command, pc);
  if (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET) return wake(arguments, command, pc);
  engine().fail(
      FindingKind::unsupported_call,
      "The futex operation " + std::to_string(command) + " is not supported under controlled schedules.",
      {engine().place_here("calls it", pc)});
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hook below stands in no namespace.

RACECOURSE_HOOK long syscall(long number, ...) noexcept {
  Arguments arguments{};
  va_list list;
  va_start(list, number);
  for (long& value : arguments.values) value = va_arg(list, long);
  va_end(list);
  const auto& [a, b, c, d, e, f] = arguments.values;
  if (!in_world) return next<"syscall", long>(number, a, b, c, d, e, f);
  const Hook hook;
  switch (number) {
    case SYS_futex:
      return futex_call(arguments, RACECOURSE_CALLER);
    case SYS_gettid:
      return 1000 + engine().self().id;
    case SYS_getrandom:
      fill_with_random_bytes(arguments.pointer<void>(0), static_cast<std::size_t>(b));
      return b;
    case SYS_sched_yield:
      engine().give_way();
      engine().point({OperationKind::yield, 0, true, 0, RACECOURSE_CALLER});
      return 0;
    case SYS_membarrier:
      return 0;
    case SYS_getpid:
    case SYS_getppid:
    case SYS_getuid:
    case SYS_geteuid:
    case SYS_getgid:
    case SYS_getegid:
      return next<"syscall", long>(number);
    default:
      engine().fail(
          FindingKind::unsupported_call,
          "The system call " + std::to_string(number) + " is not supported under controlled schedules.",
          {engine().place_here("calls it", RACECOURSE_CALLER)});
  }
}
