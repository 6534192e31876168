// racecourse replay [FOLDER]: shows the failing schedules of a grade again, or one schedule by its token.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <system_error>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "grading/grade_one.hpp"
#include "grading/replay.hpp"
#include "model/grade_json.hpp"
#include "report/feedback.hpp"
#include "submission/take_in.hpp"

namespace racecourse {

namespace {

struct ReplayOptions {
  SessionOptions session;
  std::string folder = ".";
  std::string grade;
  std::string scenario;
  std::string schedule;
  bool gdb = false;
};

// One schedule to show.
struct Wanted {
  std::string lab;
  std::string scenario;
  std::string schedule;
};

fs::path grade_path(const ReplayOptions& options) {
  return options.grade.empty() ? fs::path(options.folder) / kCheckGrade : fs::path(options.grade);
}

Result<std::vector<Wanted>> wanted_of(const ReplayOptions& options, Session& session) {
  if (!options.schedule.empty()) {
    if (options.session.lab.empty() || options.scenario.empty())
      return usage_error("replay a schedule by its token: say of which scenario, with --lab and --scenario");
    return std::vector<Wanted>{{options.session.lab, options.scenario, options.schedule}};
  }
  const fs::path path = grade_path(options);
  std::error_code code;
  if (options.grade.empty() && !fs::exists(path, code))
    return usage_error(
        "replay " + printable(options.folder) +
        ": nothing was checked here yet. Run `make check` first, or name a grade with --grade");
  RC_ASSIGN(const Grade grade, read_grade(path));
  if (!options.session.seed) session.course.seed = grade.seed;
  std::vector<Wanted> wanted;
  for (const LabGrade& lab : grade.labs) {
    if (!options.session.lab.empty() && lab.result.lab != options.session.lab) continue;
    for (const ScoredItem& item : lab.items) {
      if (!options.scenario.empty() && item.result.scenario != options.scenario) continue;
      for (const Finding& finding : item.result.findings)
        if (!finding.schedule.empty())
          wanted.push_back({lab.result.lab, item.result.scenario, finding.schedule});
    }
  }
  if (wanted.empty())
    return usage_error(
        "replay " + printable(path.native()) + ": it has no finding with a schedule" +
        (options.session.lab.empty() && options.scenario.empty() ? "" : " among those chosen"));
  return wanted;
}

Result<const Scenario*> scenario_of(const Lab& lab, const std::string& name) {
  for (const Scenario& scenario : lab.scenarios) {
    const bool explored = std::ranges::any_of(scenario.instruments, [](const InstrumentPlan& plan) {
      return plan.instrument == Instrument::schedules;
    });
    if (scenario.name == name && explored) return &scenario;
  }
  return usage_error("replay scenario " + printable(name) + ": lab " + lab.name +
                     " has no such scenario under schedules");
}

void show(const Wanted& wanted, const ReplayReport& report) {
  fmt::print("{}/{}  schedule {}\n", wanted.lab, wanted.scenario, printable(wanted.schedule));
  switch (report.kind) {
    case ReplayReport::Kind::shown:
      fmt::print("{}", findings_text(report.findings, "  ", wants_colours()));
      fmt::print("  Replayed in {} processes: the same events each time (digest {}).\n\n", kReplays,
                 report.digest);
      return;
    case ReplayReport::Kind::nothing:
      fmt::print("  This schedule shows nothing wrong.\n\n");
      return;
    case ReplayReport::Kind::other_build:
      fmt::print(
          "  This schedule belongs to another build: the files, the compiler or the lab have changed since. "
          "Run "
          "`make check` again for a new one.\n\n");
      return;
    case ReplayReport::Kind::no_token:
      fmt::print("  This is not the token of a schedule; one begins with rc1- and stands in grade.json.\n\n");
      return;
    case ReplayReport::Kind::not_followed:
      fmt::print("  This schedule cannot be followed: it names threads or steps that there are not.\n\n");
      return;
    case ReplayReport::Kind::not_built:
      fmt::print("  The submission does not build:\n{}\n",
                 findings_text(report.findings, "  ", wants_colours()));
      return;
    case ReplayReport::Kind::diverged:
      fmt::print("  The replays differ: the submission depends on something that is not controlled.\n\n");
      return;
  }
}

// Hands the terminal to gdb until it ends.
Result<> debug(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  std::fflush(nullptr);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, words[0], nullptr, nullptr, words.data(), environ);
  if (failure == ENOENT)
    return usage_error("start gdb: it is not installed (on Debian: apt-get install gdb)");
  if (failure != 0) return environment_error("start gdb: " + std::generic_category().message(failure));
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C is gdb's.
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, SIG_DFL);
  return {};
}

Result<int> replay(const ReplayOptions& options) {
  RC_ASSIGN(Session session, open_session(options.session, {}));
  RC_ASSIGN(const std::vector<Wanted> wanted, wanted_of(options, session));
  std::error_code code;
  const fs::path folder = fs::canonical(options.folder, code);
  if (code) return usage_error("replay " + printable(options.folder) + ": " + code.message());
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(fs::temp_directory_path()));
  RC_ASSIGN(const Store store, Store::open(scratch.path() / "store"));
  ReferenceRuns references(session.kit, session.course.seed);
  Crew crew(session.jobs);
  RC_ASSIGN(const Examiner examiner, make_examiner(session.course, session.kit, session.toolchain, store,
                                                   references, crew, scratch.path()));
  const std::vector<const Lab*> labs = all_labs(session.course);
  RC_ASSIGN(const Submission submission, take_in({.id = "replay", .path = folder}, labs));
  std::map<std::string, ReplayBuild> builds;  // By lab.
  bool all_shown = true;
  for (const Wanted& each : wanted) {
    const auto at = std::ranges::find(labs, each.lab, [](const Lab* lab) { return lab->name; });
    if (at == labs.end())
      return usage_error("replay lab " + printable(each.lab) + ": the course has no such lab");
    RC_ASSIGN(const Scenario* scenario, scenario_of(**at, each.scenario));
    const LabFiles& files = submission.labs[static_cast<std::size_t>(at - labs.begin())];
    if (!builds.contains(each.lab)) {
      RC_ASSIGN(ReplayBuild build, build_for_replay(files, **at, examiner));
      builds.emplace(each.lab, std::move(build));
    }
    const ReplayBuild& build = builds.at(each.lab);
    RC_ASSIGN(const ReplayReport report,
              replay_schedule(build, files, **at, *scenario, each.schedule, examiner));
    show(each, report);
    all_shown &= report.kind == ReplayReport::Kind::shown;
    if (!options.gdb || report.kind != ReplayReport::Kind::shown) continue;
    RC_TRY(debug(debug_command(build, **at, *scenario, each.schedule, examiner)));
  }
  return all_shown ? kExitDone : kExitFailed;
}

}  // namespace

void add_replay_command(CommandLine& line) {
  const auto options = std::make_shared<ReplayOptions>();
  Command command = line.add("replay", "Show the failing schedules of a submission again");
  command.option("submission", options->folder, "The submission: a folder or an archive")
      .option("--grade", options->grade, "Its grade.json (default: that of the last check in the folder)")
      .option("--scenario", options->scenario, "Only this scenario")
      .option("--schedule", options->schedule, "Only this schedule, by its token; with --lab and --scenario")
      .flag("--gdb", options->gdb, "Then stop in gdb at the steps of the schedule")
      .option("--seed", options->session.seed, "Seed of the inputs (default: the grade's)");
  add_session_options(command, options->session);
  command.does([options] {
    std::signal(SIGPIPE, SIG_IGN);
    return exit_code_of(replay(*options));
  });
}

}  // namespace racecourse
