// What a submission may not reach without its lab's permission: functions of the C library, and the same by
// syscall(). One table, for the object gate and the text gate.
//
// Only what serves no honest solution of a concurrency lab stands in it. exit(), abort(), kill(), files,
// signals, mmap, setenv and the like are not: what they do shows in the run.
#pragma once

#include <optional>
#include <string_view>

#include "model/terms.hpp"

namespace racecourse {

struct GuardedCall {
  std::string_view name;
  Permission permission;
};

// The entry of a function that is referred to by its symbol, such as "dlsym".
[[nodiscard]] std::optional<GuardedCall> guarded_function(std::string_view symbol);

// The entry of a system call by its number on this machine.
[[nodiscard]] std::optional<GuardedCall> guarded_system_call(long number);

}  // namespace racecourse
