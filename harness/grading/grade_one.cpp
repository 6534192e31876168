#include "grading/grade_one.hpp"

#include <sys/utsname.h>

#include "base/files.hpp"
#include "base/text.hpp"
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

// Without namespaces another user comes to its folders only by folders that are open to it.
Result<> others_can_enter(const fs::path& scratch) {
  std::error_code code;
  fs::path folder = fs::canonical(scratch, code);
  for (; !code && folder != folder.root_path(); folder = folder.parent_path()) {
    const fs::perms mode = fs::status(folder, code).permissions();
    // Our own folders are opened when they are used.
    if (folder.filename().native().starts_with("scratch-") ||
        (mode & fs::perms::others_exec) != fs::perms::none)
      continue;
    return environment_error("work in " + printable(scratch.native()) +
                             ": at sandbox level S2 submissions run as another user, who cannot enter " +
                             printable(folder.native()) +
                             "; choose a folder that others may enter, or chmod o+x it");
  }
  if (code) return environment_error("work in " + printable(scratch.native()) + ": " + code.message());
  return {};
}

}  // namespace

Environment describe_environment(const Kit& kit, const Toolchain& toolchain) {
  utsname kernel{};
  ::uname(&kernel);
  return {.racecourse = RACECOURSE_VERSION,
          .compiler = toolchain.version,
          .kernel = std::string(kernel.sysname) + " " + kernel.release,
          .cores = core_count(),
          .sandbox = kit.sandbox};
}

Result<Examiner> make_examiner(const Course& course, const Kit& kit, const Toolchain& toolchain,
                               const Store& store, ReferenceRuns& references, Crew& crew,
                               const fs::path& scratch) {
  if (kit.sandbox.level == SandboxLevel::s2) {
    RC_TRY(let_all_pass(scratch));
    RC_TRY(others_can_enter(scratch));
  }
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
  const std::vector<const Lab*> labs = all_labs(course);
  RC_ASSIGN(const Submission submission, take_in(entry, labs));
  // From here on the submission's files never change: they are values in memory.
  std::vector<Result<LabResult>> examined(course.labs.size(), LabResult{});
  std::vector<Crew::Task> tasks;
  for (std::size_t i = 0; i < examined.size(); ++i)
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
  grade.environment = describe_environment(examiner.kit, examiner.toolchain);
  add_replays(grade);
  return grade;
}

}  // namespace racecourse
