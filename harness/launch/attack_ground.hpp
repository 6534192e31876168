// Ground on which the tests of the launcher attack it: folders, hostile programs, and looks from outside.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/files.hpp"
#include "launch/choose_level.hpp"

namespace racecourse {

// A place for one attack: a folder of the program's own, and one outside that must stay as it is.
struct Ground {
  ScratchDirectory own = *ScratchDirectory::make(fs::temp_directory_path());
  ScratchDirectory outside = *ScratchDirectory::make(fs::temp_directory_path());

  Ground();
  [[nodiscard]] bool canary_is_unchanged() const;
};

// Runs `text` in a shell, for 10 s at most.
LaunchSpec script(SandboxLevel level, const Ground& ground, const std::string& text);

// Runs the attack `name` of hostile.cpp.
LaunchSpec attack(SandboxLevel level, const Ground& ground, const std::string& name);

// Of a launch that must not fail.
LaunchOutcome outcome_of(const LaunchSpec& spec);

// Some process on this machine has `marker` on its command line.
bool alive(const std::string& marker);

// Our launcher of the program with `marker` on its command line, which cannot be reached from inside; -1 if
// none appears within 5 s.
pid_t launcher_of(const std::string& marker);

// Those from `first` on that this machine reaches; of the others the test says why not.
std::vector<SandboxLevel> levels_from(SandboxLevel first);

}  // namespace racecourse
