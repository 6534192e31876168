// Clocks, sleeps and yields.
#include "virtual_time.hpp"

#include <errno.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

#include "hook.hpp"
#include "next_symbol.hpp"

namespace racecourse::schedules {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kMonotonicStart = 1000 * kSecond;
constexpr std::uint64_t kRealTimeStart = 946'684'800 * kSecond;

std::uint64_t start_of(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
      return kRealTimeStart;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
      return 0;
    default:
      return kMonotonicStart;
  }
}

std::uint64_t nanoseconds(const timespec& time) {
  // Negative times are in the past; times beyond the year 2500 are for ever.
  if (time.tv_sec < 0) return 0;
  if (time.tv_sec > 17'000'000'000) return ~std::uint64_t{0} >> 1;
  return static_cast<std::uint64_t>(time.tv_sec) * kSecond + static_cast<std::uint64_t>(time.tv_nsec);
}

timespec to_timespec(std::uint64_t ns) {
  return {static_cast<time_t>(ns / kSecond), static_cast<long>(ns % kSecond)};
}

// A thread that looks at the clock in a loop waits for it to move, and in a real machine it would. After a
// few looks in a row each moves the clock, by more and more up to a millisecond, so that a busy wait of any
// length ends.
void look_at_clock(std::uintptr_t pc) {
  constexpr std::uint32_t kFreeLooks = 32;
  Engine& engine = schedules::engine();
  Thread& me = engine.self();
  engine.private_step({OperationKind::clock_read, 0, true, 0, pc});
  if (++me.clock_reads <= kFreeLooks) return;
  const std::uint32_t doublings = std::min<std::uint32_t>(me.clock_reads - kFreeLooks, 20);
  engine.let_time_pass(std::uint64_t{1} << doublings);
  // The others get their turn: the loop ends by the clock alone, but it may hold nobody up.
  if (me.clock_reads % kFreeLooks == 0) {
    engine.give_way();
    engine.point({OperationKind::clock_read, 0, true, 0, pc});
  }
}

int sleep_for(std::uint64_t deadline_ns, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  engine.point({OperationKind::sleep, 0, true, 0, pc});
  if (deadline_ns > engine.now_ns()) engine.sleep_until(deadline_ns);
  return 0;
}

int yield(std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  engine.give_way();
  engine.point({OperationKind::yield, 0, true, 0, pc});
  return 0;
}

}  // namespace

std::uint64_t deadline_of(clockid_t clock, const timespec& absolute) {
  const std::uint64_t at = nanoseconds(absolute);
  const std::uint64_t start = start_of(clock);
  return at > start ? at - start : 0;
}

std::uint64_t deadline_after(const timespec& duration) { return engine().now_ns() + nanoseconds(duration); }

timespec virtual_now(clockid_t clock) { return to_timespec(start_of(clock) + engine().now_ns()); }

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int clock_gettime(clockid_t clock, timespec* result) {
  if (!in_world) return next<"clock_gettime", int>(clock, result);
  const Hook hook;
  look_at_clock(RACECOURSE_CALLER);
  *result = virtual_now(clock);
  return 0;
}

RACECOURSE_HOOK int gettimeofday(timeval* __restrict result, void* __restrict zone) {
  if (!in_world) return next<"gettimeofday", int>(result, zone);
  const Hook hook;
  look_at_clock(RACECOURSE_CALLER);
  const timespec now = virtual_now(CLOCK_REALTIME);
  *result = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

RACECOURSE_HOOK time_t time(time_t* result) {
  if (!in_world) return next<"time", time_t>(result);
  const Hook hook;
  look_at_clock(RACECOURSE_CALLER);
  const time_t now = virtual_now(CLOCK_REALTIME).tv_sec;
  if (result != nullptr) *result = now;
  return now;
}

RACECOURSE_HOOK int timespec_get(timespec* result, int base) {
  if (!in_world) return next<"timespec_get", int>(result, base);
  const Hook hook;
  look_at_clock(RACECOURSE_CALLER);
  *result = virtual_now(CLOCK_REALTIME);
  return base;
}

RACECOURSE_HOOK clock_t clock() {
  if (!in_world) return next<"clock", clock_t>();
  const Hook hook;
  look_at_clock(RACECOURSE_CALLER);
  return static_cast<clock_t>(engine().now_ns() / 1000);
}

RACECOURSE_HOOK int nanosleep(const timespec* duration, timespec* remaining) {
  if (!in_world) return next<"nanosleep", int>(duration, remaining);
  const Hook hook;
  if (!is_valid(*duration) || duration->tv_sec < 0) {
    errno = EINVAL;
    return -1;
  }
  return sleep_for(deadline_after(*duration), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* remaining) {
  if (!in_world) return next<"clock_nanosleep", int>(clock, flags, time, remaining);
  const Hook hook;
  if (!is_valid(*time)) return EINVAL;
  return sleep_for((flags & TIMER_ABSTIME) != 0 ? deadline_of(clock, *time) : deadline_after(*time),
                   RACECOURSE_CALLER);
}

RACECOURSE_HOOK int usleep(useconds_t duration) {
  if (!in_world) return next<"usleep", int>(duration);
  const Hook hook;
  return sleep_for(engine().now_ns() + std::uint64_t{1000} * duration, RACECOURSE_CALLER);
}

RACECOURSE_HOOK unsigned sleep(unsigned duration) {
  if (!in_world) return next<"sleep", unsigned>(duration);
  const Hook hook;
  return static_cast<unsigned>(sleep_for(engine().now_ns() + kSecond * duration, RACECOURSE_CALLER));
}

RACECOURSE_HOOK unsigned alarm(unsigned duration) {
  if (!in_world) return next<"alarm", unsigned>(duration);
  const Hook hook;
  Engine& engine = racecourse::schedules::engine();
  const Thread& me = engine.self();
  engine.private_step({OperationKind::clock_read, 0, true, 0, RACECOURSE_CALLER});
  WakeUpCall call;
  if (duration != 0) call = {engine.now_ns() + kSecond * duration, me.id, RACECOURSE_CALLER, me.context};
  const std::uint64_t left = engine.replace_wake_up_call(call);
  return static_cast<unsigned>((left + kSecond - 1) / kSecond);
}

RACECOURSE_HOOK int sched_yield() {
  if (!in_world) return next<"sched_yield", int>();
  const Hook hook;
  return yield(RACECOURSE_CALLER);
}
