// choose_level: how strictly this machine can confine a program, found out by trying to break out.
//
// racecourse-probe (probe.cpp) runs inside each level, from the strictest down, and attempts what a
// submission might: to read what is hidden, to write, signal, trace, connect, gain rights, outgrow its
// limits. The first level whose attempts all fail, but for the documented exceptions, is the one. Costs some
// 10 ms; a command does it once. May be called from many threads at once.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "launch/launch.hpp"
#include "model/sandbox.hpp"

namespace racecourse {

// One level that was tried.
struct LevelTrial {
  SandboxLevel level = SandboxLevel::s0;
  std::string why_not;  // Empty: it holds.
  std::map<std::string, ProbeAnswer> probes;
  std::map<std::string, std::string> limits;
};

struct LevelSearch {
  SandboxLevel strictest = SandboxLevel::s4;  // Levels above are not tried.
  std::vector<std::filesystem::path> hidden;  // Places that a submission must not see.
};

// What may escape at a level without costing it, because the level's mechanisms do not reach so far.
[[nodiscard]] bool is_excepted(SandboxLevel level, const std::string& probe);

// What happened at one level. Errors (environment): the attempt could not be set up for a reason that is no
// level's.
[[nodiscard]] Result<LevelTrial> try_level(const Launcher& launcher, const std::filesystem::path& probe,
                                           const std::vector<std::filesystem::path>& hidden);

// The strictest level that holds, last, and before it those that do not. S0 always holds.
[[nodiscard]] Result<std::vector<LevelTrial>> choose_level(const std::filesystem::path& launcher,
                                                           const std::filesystem::path& probe,
                                                           const LevelSearch& search);

// What stands in the grade. `trials` as choose_level gives them.
[[nodiscard]] Sandbox sandbox_of(const std::vector<LevelTrial>& trials);

// How to get a level above the one chosen, one sentence each; empty: there is none.
[[nodiscard]] std::vector<std::string> ways_to_a_better_level(const std::vector<LevelTrial>& trials);

}  // namespace racecourse
