#include "grading/grade_one.hpp"

#include <sys/utsname.h>

#include "base/files.hpp"
#include "submission/take_in.hpp"

namespace racecourse {

namespace {

// The command that shows one item again, for a student who has the file in the usual folder.
std::string replay_command(const std::string& lab, const ItemResult& item, std::uint64_t seed) {
  for (const Finding& finding : item.findings)
    if (!finding.schedule.empty()) return "make replay LAB=" + lab + " SCENARIO=" + item.scenario;
  return "make check LAB=" + lab + " SCENARIO=" + item.scenario + " SEED=" + std::to_string(seed);
}

void add_replays(Grade& grade) {
  for (LabGrade& lab : grade.labs)
    for (ScoredItem& item : lab.items)
      if (item.visibility == Visibility::public_ && item.result.verdict == Verdict::failed)
        item.replay = replay_command(lab.result.lab, item.result, grade.seed);
}

}  // namespace

Environment describe_environment(const Toolchain& toolchain) {
  utsname kernel{};
  ::uname(&kernel);
  return {.racecourse = RACECOURSE_VERSION,
          .compiler = toolchain.version,
          .kernel = std::string(kernel.sysname) + " " + kernel.release,
          .cores = core_count(),
          .sandbox_level = "S0",
          .sandbox_note =
              "Limits only: submissions run with the rights of the user who grades. Grade untrusted "
              "submissions on a machine that holds nothing else."};
}

Result<Examiner> make_examiner(const Course& course, const Kit& kit, const Toolchain& toolchain,
                               const Store& store, ReferenceRuns& references, Crew& crew,
                               const fs::path& scratch) {
  Examiner examiner{.kit = kit,
                    .toolchain = toolchain,
                    .store = store,
                    .references = references,
                    .crew = crew,
                    .scratch = scratch,
                    .seed = course.seed,
                    .driver_identities = {}};
  for (const CourseLab& lab : course.labs) {
    RC_ASSIGN(examiner.driver_identities[lab.lab.name], kit.driver_identity(lab.lab.name));
  }
  return examiner;
}

Result<Grade> grade_one(const SubmissionEntry& entry, const Course& course, const Examiner& examiner,
                        std::optional<std::chrono::sys_seconds> submitted_at, Audience audience) {
  std::vector<const Lab*> labs;
  for (const CourseLab& lab : course.labs) labs.push_back(&lab.lab);
  RC_ASSIGN(const Submission submission, take_in(entry, labs));
  // From here on the submission's files never change: they are values in memory.
  std::vector<Result<LabResult>> examined(labs.size(), LabResult{});
  std::vector<std::function<void()>> tasks;
  for (std::size_t i = 0; i < labs.size(); ++i)
    tasks.emplace_back([&, i] { examined[i] = examine_lab(submission.labs[i], *labs[i], examiner); });
  examiner.crew.run_all(std::move(tasks));
  std::vector<LabResult> results;
  for (Result<LabResult>& result : examined) {
    if (!result) return std::unexpected(std::move(result).error());
    results.push_back(*std::move(result));
  }
  // From here on no code of the submission runs; a change of policy repeats only what follows.
  Grade grade = score_submission(course, std::move(results), submitted_at, audience);
  grade.submission_id = submission.id;
  grade.submission_sha256 = submission.sha256;
  grade.environment = describe_environment(examiner.toolchain);
  add_replays(grade);
  return grade;
}

}  // namespace racecourse
