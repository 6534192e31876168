#include "early_thread.hpp"

namespace racecourse::schedules {

constinit std::uintptr_t early_thread_pc = 0;

unsigned long early_thread_handle() { return reinterpret_cast<unsigned long>(&early_thread_pc); }

}  // namespace racecourse::schedules
