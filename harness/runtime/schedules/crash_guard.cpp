// The handlers run on a stack of their own, since the fiber's may be the one that ran over. They leave by
// switching to the host, like any end of an execution; SA_NODEFER keeps the signal unblocked for the next
// one.
#include "crash_guard.hpp"

#include <cxxabi.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

#include "engine.hpp"
#include "fiber_slots.hpp"

namespace racecourse::schedules {

namespace {

constexpr std::array<int, 4> kDeadly = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
std::array<struct sigaction, kDeadly.size()> actions_before;
struct sigaction timer_before;
stack_t stack_before;
itimerval interval_before;
std::terminate_handler terminate_before = nullptr;
alignas(16) std::array<char, 256 << 10> signal_stack;
std::uint64_t last_step = 0;
int ticks_without_step = 0;

std::uintptr_t pc_of(const void* context) {
  // One further, because places name the address after the instruction.
  return static_cast<std::uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]) + 1;
}

std::string signal_text(int number) {
  switch (number) {
    case SIGSEGV:
      return "an access to memory that is not there (SIGSEGV)";
    case SIGBUS:
      return "an access to memory that is not there (SIGBUS)";
    case SIGFPE:
      return "an arithmetic error, such as a division by zero (SIGFPE)";
    default:
      return "an instruction that does not exist (SIGILL)";
  }
}

void on_deadly(int number, siginfo_t* info, void* context) {
  if (the_engine == nullptr || !engine().running()) {
    // Not ours: the handler that was there before, or the default, gets it when the instruction is tried
    // again.
    for (std::size_t i = 0; i < kDeadly.size(); ++i)
      if (kDeadly[i] == number) ::sigaction(number, &actions_before[i], nullptr);
    return;
  }
  const bool in_host = !in_world;
  in_world = false;
  const int slot = slot_of_guard(reinterpret_cast<std::uintptr_t>(info->si_addr));
  if (number == SIGSEGV && slot >= 0) {
    engine().fail(FindingKind::crash,
                  "The stack of thread " + std::to_string(slot) +
                      " overflows: controlled schedules give each thread " +
                      std::to_string(kStackBytes >> 10) + " KB.",
                  {engine().place_here("overflows its stack", 0)});
  }
  // A hook does atomic operations itself, and looks at what is about to be read.
  const Operation& pending = engine().self().pending;
  const bool for_world = reinterpret_cast<std::uintptr_t>(info->si_addr) - pending.object < 16;
  if (in_host && !for_world) die("a crash inside the runtime itself");
  engine().fail(FindingKind::crash, "The submission crashes: " + signal_text(number) + ".",
                {engine().place_here("crashes", in_host ? pending.pc : pc_of(context))});
}

void on_tick(int, siginfo_t*, void* context) {
  if (the_engine == nullptr || !engine().running() || !in_world) return;
  if (engine().step() != last_step) {
    last_step = engine().step();
    ticks_without_step = 0;
    return;
  }
  if (++ticks_without_step < CrashGuard::kStuckSeconds) return;
  ticks_without_step = 0;
  in_world = false;
  engine().fail(FindingKind::livelock, "A thread is in a loop that nothing another thread does can end.",
                {engine().place_here("goes on and on", pc_of(context))});
}

std::string demangled(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  return name ? name.get() : type.name();
}

[[noreturn]] void on_terminate() {
  if (the_engine == nullptr || !engine().running()) {
    if (terminate_before != nullptr) terminate_before();
    std::abort();
  }
  in_world = false;
  if (const std::type_info* const type = abi::__cxa_current_exception_type()) {
    std::string message = "An exception of type " + demangled(*type) + " is caught by nobody";
    try {
      throw;
    } catch (const std::exception& error) {
      message += ": " + std::string(error.what());
    } catch (...) {
      message += ".";
    }
    engine().fail(FindingKind::uncaught_exception, message, {engine().place_here("ends with it", 0)});
  }
  for (std::uint32_t i = 1; i < engine().threads(); ++i) {
    const Thread& other = engine().thread(static_cast<ThreadId>(i));
    if (other.joined || other.detached) continue;
    engine().fail(FindingKind::thread_leak,
                  "std::terminate is called, as it is when a std::thread that was neither joined nor "
                  "detached goes away.",
                  {engine().place_here("calls std::terminate", 0),
                   engine().place_of("creates thread " + std::to_string(i), other.creator, other.created_pc,
                                     other.created_context)});
  }
  engine().fail(FindingKind::crash, "The submission calls std::terminate.",
                {engine().place_here("calls std::terminate", 0)});
}

}  // namespace

CrashGuard::CrashGuard() {
  stack_t stack{};
  stack.ss_sp = signal_stack.data();
  stack.ss_size = signal_stack.size();
  ::sigaltstack(&stack, &stack_before);
  struct sigaction action {};
  action.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER;
  action.sa_sigaction = on_deadly;
  for (std::size_t i = 0; i < kDeadly.size(); ++i) ::sigaction(kDeadly[i], &action, &actions_before[i]);
  action.sa_flags |= SA_RESTART;
  action.sa_sigaction = on_tick;
  ::sigaction(SIGVTALRM, &action, &timer_before);
  const itimerval second{{1, 0}, {1, 0}};
  ::setitimer(ITIMER_VIRTUAL, &second, &interval_before);
  terminate_before = std::set_terminate(on_terminate);
}

CrashGuard::~CrashGuard() {
  ::setitimer(ITIMER_VIRTUAL, &interval_before, nullptr);
  ::sigaction(SIGVTALRM, &timer_before, nullptr);
  for (std::size_t i = 0; i < kDeadly.size(); ++i) ::sigaction(kDeadly[i], &actions_before[i], nullptr);
  ::sigaltstack(&stack_before, nullptr);
  std::set_terminate(terminate_before);
}

}  // namespace racecourse::schedules
