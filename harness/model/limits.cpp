#include "model/lab.hpp"

namespace racecourse {

namespace {

// Shadow memory costs about five times the program's own.
constexpr std::uint64_t kTsanMemoryFactor = 6;
constexpr std::uint64_t kTsanMemoryExtraBytes = 64u << 20;
// The controlled scheduler: its tables, a parked thread of the system for each thread of an execution, and
// many executions in the place of one. Its budgets are in executions and steps; time only ends what would
// never end.
constexpr std::uint64_t kSchedulesMemoryExtraBytes = 512u << 20;
constexpr std::uint32_t kSchedulesThreadsExtra = 256;
constexpr int kSchedulesTimeFactor = 6;

}  // namespace

Limits limits_under(Instrument instrument, Limits limits) {
  if (instrument == Instrument::races)
    limits.memory_bytes = limits.memory_bytes * kTsanMemoryFactor + kTsanMemoryExtraBytes;
  if (instrument == Instrument::schedules) {
    limits.memory_bytes += kSchedulesMemoryExtraBytes;
    limits.processes += kSchedulesThreadsExtra;
    limits.wall *= kSchedulesTimeFactor;
    limits.cpu *= kSchedulesTimeFactor;
  }
  return limits;
}

}  // namespace racecourse
