// SealedChannel: the harness's end of the event channel of one run.
//
// Gives the key to whoever speaks first, which is the driver's handshake (runtime/handshake.cpp), takes each
// numbered and sealed message once, and asks for the completion token when the scenario has finished. A
// message that has no seal, a wrong one or a number that was there before did not come from the scenario; it
// is dropped and noted. What comes over the channel is bytes of anybody's choice; total on all of them. One
// thread at a time.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "model/run_report.hpp"
#include "runtime/seal.hpp"

namespace racecourse {

class SealedChannel {
 public:
  // Writes to `report`, which outlives it. `key` and `token` are random and this run's own.
  SealedChannel(RunReport& report, const SealKey& key, std::string token);

  // Takes one message and returns the answer to send; empty: none.
  std::string hear(std::string_view message);

 private:
  // The bytes of a message whose seal is right; nothing if it is not.
  std::optional<std::string_view> opened(std::string_view message);

  RunReport& report_;
  SealKey key_;
  std::string token_;
  bool greeted_ = false;
  bool asked_ = false;
  std::uint64_t taken_below_ = 0;  // Every number below it was there,
  std::set<std::uint64_t>
      taken_beyond_;  // and these: threads may overtake each other between number and sending.
};

}  // namespace racecourse
