#include "grading/confinement.hpp"

#include "launch/choose_level.hpp"

namespace racecourse {

Result<Confinement> choose_confinement(const Kit& kit, SandboxLevel strictest) {
  RC_ASSIGN(const std::vector<LevelTrial> trials,
            choose_level(kit.launcher().program, kit.probe(),
                         {.strictest = strictest, .hidden = hidden_places(kit)}));
  Confinement confinement{
      .sandbox = sandbox_of(trials), .excepted = {}, .better_levels = ways_to_a_better_level(trials)};
  for (const auto& [probe, answer] : confinement.sandbox.probes)
    if (is_excepted(confinement.sandbox.level, probe)) confinement.excepted.insert(probe);
  return confinement;
}

Result<> allow_grading(const Course& course, const std::vector<std::string>& better_levels, bool accept_weak,
                       Sandbox& sandbox) {
  for (const CourseLab& lab : course.labs) {
    if (sandbox.level >= lab.lab.min_level) continue;
    if (accept_weak) {
      sandbox.weak_accepted = true;
      continue;
    }
    std::string message = "grade lab " + lab.lab.name + ": it asks for sandbox level " +
                          std::string(to_text(lab.lab.min_level)) + " at least, and here there is " +
                          std::string(to_text(sandbox.level)) + ". " + sandbox.note;
    for (const std::string& way : better_levels) message += "\n  Better: " + way + ".";
    return environment_error(
        message +
        "\n  Or --accept-weak: grade all the same, and say so in every report. `racecourse doctor` "
        "shows what each level holds.");
  }
  return {};
}

}  // namespace racecourse
