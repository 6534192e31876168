// Descriptors: file descriptors as the host has them, so that an execution begins with the same ones as the
// execution before it. The kernel's objects behind them go with the last descriptor.
//
// For the explorer, outside executions.
#pragma once

#include <bitset>

namespace racecourse::schedules {

// Raised by the hooks of calls that make some.
inline bool new_descriptors = false;

class HostDescriptors {
 public:
  // Those that are open now are the host's.
  HostDescriptors();
  // Closes all others. That costs a system call for each number, so it looks only if the last execution made
  // a pipe, an eventfd or a socket, or if the lowest number that was free is not: whoever closes what he
  // opened first and leaves what he opened next, other than these, is not found out.
  void close_others() const;

 private:
  [[nodiscard]] bool are_alone() const;

  static constexpr int kNumbers = 1024;
  std::bitset<kNumbers> open_;
  int lowest_free_ = 0;
};

}  // namespace racecourse::schedules
