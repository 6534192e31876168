// Sandbox: how untrusted programs were confined, as it stands in every grade. A value.
#pragma once

#include <map>
#include <string>

#include "model/terms.hpp"

namespace racecourse {

struct Sandbox {
  SandboxLevel level = SandboxLevel::s0;
  std::string note;            // What the level is, and why it is not a stricter one.
  bool weak_accepted = false;  // A lab asks for a stricter level, and whoever graded went on all the same.
  std::map<std::string, ProbeAnswer> probes;  // What each attempt to break out came to.
  std::map<std::string, std::string> limits;  // What enforces each limit: "memory" by "cgroup v1".

  friend bool operator==(const Sandbox&, const Sandbox&) = default;
};

// The line of every report where weak_accepted is set.
[[nodiscard]] inline std::string weakness_of(const Sandbox& sandbox) {
  return "Graded at sandbox level " + std::string(to_text(sandbox.level)) +
         ", below what a lab asks for; whoever graded accepted that.";
}

}  // namespace racecourse
