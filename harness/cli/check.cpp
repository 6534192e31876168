// racecourse check [FOLDER]: a student's own folder, public scenarios only. Needs no rights and writes only
// its own cache.
#include <fmt/format.h>

#include <csignal>
#include <memory>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "grading/grade_one.hpp"
#include "model/grade_json.hpp"
#include "model/lab_json.hpp"
#include "report/feedback.hpp"

namespace racecourse {

namespace {

struct CheckOptions {
  SessionOptions session;
  std::string folder = ".";
  std::string scenario;
  bool fresh = false;
};

// Leaves only what a student may see, so that nothing else is run: a public scenario, or the one that was
// asked for.
Result<> keep_public(Course& course, const std::string& scenario) {
  std::size_t left = 0;
  for (CourseLab& lab : course.labs) {
    std::erase_if(lab.lab.scenarios, [&](const Scenario& each) {
      return each.visibility != Visibility::public_ || (!scenario.empty() && each.name != scenario);
    });
    // Its results are not those of the whole lab, and must not be taken for them.
    lab.lab.sha256 = lab_sha256(lab.lab);
    left += lab.lab.scenarios.size();
  }
  if (left == 0)
    return usage_error("choose scenario " + printable(scenario) + ": there is no such public scenario");
  leave_out(course, [](const CourseLab& lab) { return lab.lab.scenarios.empty(); });
  return {};
}

Result<int> check(const CheckOptions& options) {
  RC_ASSIGN(Session session, open_session(options.session, {}));
  RC_TRY(keep_public(session.course, options.scenario));
  std::error_code code;
  const fs::path folder = fs::canonical(options.folder, code);
  if (code) return usage_error("check " + printable(options.folder) + ": " + code.message());
  const fs::path own = folder / ".racecourse";
  RC_TRY(make_directories(own));
  RC_TRY(make_directories(own / "scratch"));
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(own / "scratch"));
  // With --fresh the results go where nothing is, and go away again.
  RC_ASSIGN(const Store store, Store::open(options.fresh ? scratch.path() / "store" : own / "store"));
  ReferenceRuns references(session.kit, session.course.seed);
  Crew crew(session.jobs);
  RC_ASSIGN(const Examiner examiner, make_examiner(session.course, session.kit, session.toolchain, store,
                                                   references, crew, scratch.path()));
  RC_ASSIGN(const Grade grade, grade_one({.id = "check", .path = folder}, session.course, examiner,
                                         std::nullopt, Audience::student));
  RC_TRY(write_file_atomically(folder / kCheckGrade, grade_text(grade)));
  fmt::print("{}", feedback(grade, {.colours = wants_colours(), .only_public = true}));
  return grade.verdict == Verdict::failed ? kExitFailed : kExitDone;
}

}  // namespace

void add_check_command(CommandLine& line) {
  const auto options = std::make_shared<CheckOptions>();
  Command command = line.add("check", "Check your own solution against the public scenarios");
  command.option("folder", options->folder, "Your folder: <lab>/<file>, or the files themselves")
      .option("--scenario", options->scenario, "Only this scenario")
      .option("--seed", options->session.seed, "Seed of the random inputs")
      .flag("--fresh", options->fresh, "Run again what has not changed");
  add_session_options(command, options->session);
  command.does([options] {
    std::signal(SIGPIPE, SIG_IGN);
    return exit_code_of(check(*options));
  });
}

}  // namespace racecourse
