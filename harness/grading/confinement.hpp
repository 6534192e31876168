// choose_confinement: how strictly one command confines compilers and submissions on this machine. Found out
// once a command, by trying (launch/choose_level.hpp); some 10 ms.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "grading/kit.hpp"
#include "model/course.hpp"
#include "model/sandbox.hpp"

namespace racecourse {

struct Confinement {
  Sandbox sandbox;
  std::set<std::string> excepted;          // Attempts that may escape at this level without costing it.
  std::vector<std::string> better_levels;  // How to get one, a sentence each.
};

// Errors (environment): no program can be started at all.
[[nodiscard]] Result<Confinement> choose_confinement(const Kit& kit, SandboxLevel strictest);

// Whether the labs of a course may be graded so. Where they ask for more, `accept_weak` lets them, and is
// noted in `sandbox` for every report; otherwise: Errors (environment), with what would help.
[[nodiscard]] Result<> allow_grading(const Course& course, const std::vector<std::string>& better_levels,
                                     bool accept_weak, Sandbox& sandbox);

}  // namespace racecourse
