// The `races` driver's side of ThreadSanitizer: its options, where its reports go, and the canary race.
//
// The canary is a deliberate data race of ours, run after the student's code. If ThreadSanitizer does not
// report it, the detector was off in this process (switched off, or never set up), and its silence about the
// student proves nothing.
//
// symbolize=0: reports carry module offsets, which the harness turns into source places (run/symbolizer.hpp).
// In-process symbolisation of the canary alone would take 130 ms of each run; without it a run takes 20 ms.
#include <sanitizer/common_interface_defs.h>

#include <cstdint>
#include <thread>

#include "driver.hpp"
#include "racecourse/scenario.hpp"

// Defined here, strongly, so that no submission can define them and choose its own options.
extern "C" const char* __tsan_default_options() {
  return "halt_on_error=0:exitcode=66:report_thread_leaks=1:report_signal_unsafe=0:history_size=7:"
         "detect_deadlocks=1:second_deadlock_stack=1:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_"
         "sigfpe=0:"
         "handle_sigill=0:symbolize=0:atexit_sleep_ms=0:die_after_fork=0:color=never";
}
extern "C" const char* __tsan_default_suppressions() { return ""; }

namespace racecourse::driver {

namespace {
volatile int g_canary = 0;
}

// Its name is what the harness looks for in the log.
__attribute__((noinline)) void racecourse_canary_race() { g_canary = g_canary + 1; }

void route_tsan_reports(int descriptor) {
  if (descriptor >= 0)
    __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
}

void provoke_canary_race() {
  std::thread first(racecourse_canary_race);
  std::thread second(racecourse_canary_race);
  first.join();
  second.join();
}

}  // namespace racecourse::driver

bool racecourse::under_tsan() { return true; }
