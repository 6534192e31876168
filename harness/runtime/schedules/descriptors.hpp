// Descriptors: file descriptors as the host has them, so that an execution begins with the same ones as the
// execution before it. The kernel's objects behind them go with the last descriptor.
//
// For the explorer, outside executions.
#pragma once

#include <bitset>

namespace racecourse::schedules {

class HostDescriptors {
 public:
  // Those that are open now are the host's.
  HostDescriptors();
  // Closes all others, if the last execution made a pipe, an eventfd or a socket: it costs a system call for
  // each number.
  void close_others() const;

 private:
  static constexpr int kNumbers = 1024;
  std::bitset<kNumbers> open_;
};

}  // namespace racecourse::schedules
