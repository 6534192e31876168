// Recorder: what happened in an execution, as a digest of every event and as the last steps of its story.
//
// Used for replays only. The digest depends on the program, its build and the schedule, and on nothing else:
// threads, kinds, and addresses made independent of where modules were loaded.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "call_contexts.hpp"
#include "finding.hpp"
#include "modules.hpp"
#include "operation.hpp"

namespace racecourse::schedules {

class Recorder {
 public:
  Recorder(const Modules& modules, const CallContexts& contexts, std::uint32_t steps_max)
      : modules_(modules), contexts_(contexts), steps_max_(steps_max) {}

  // `operation` is about to be done by that thread, alone: memory holds what it will read.
  void executes(std::uint64_t step, ThreadId thread, const Operation& operation, std::uint32_t context);
  // Fills in what the thread's last write has written; call before anything else runs.
  void settle(ThreadId thread);

  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  // The last `steps_max` of the recorded steps up to step `until`.
  [[nodiscard]] std::vector<StoryStep> story(std::uint64_t until, std::uint32_t steps_max) const;

 private:
  struct Step {
    std::uint64_t step;
    ThreadId thread;
    Operation operation;
    std::uint32_t context;
    bool has_value;
    bool settled;
    std::uint64_t value;
  };
  const Modules& modules_;
  const CallContexts& contexts_;
  std::uint32_t steps_max_;
  std::uint64_t digest_ = 0x9E3779B97F4A7C15u;
  std::deque<Step> steps_;
};

}  // namespace racecourse::schedules
