// racecourse doctor: what this machine can and cannot do, found out by trying, and what to do about it.
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "grading/grade_one.hpp"
#include "grading/verify.hpp"

namespace racecourse {

namespace {

// One line of the report: what was tried, whether it works, and the remedy if not.
class Report {
 public:
  void line(bool works, std::string_view what, std::string_view detail) {
    fmt::print("{}  {:<28}  {}\n", works ? "ok  " : "NO  ", what, detail);
    all_work_ &= works;
  }
  void note(std::string_view what, std::string_view detail) {
    fmt::print("-     {:<28}  {}\n", what, detail);
  }
  [[nodiscard]] bool all_work() const { return all_work_; }

 private:
  bool all_work_ = true;
};

std::string load_average() {
  std::ifstream file("/proc/loadavg");
  std::string one;
  file >> one;
  return one;
}

// Examines the reference of the course's first lab afresh: if that passes, so does the whole way from
// compiler to verdict.
Result<std::vector<std::string>> try_reference(const Session& session) {
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(fs::temp_directory_path()));
  RC_ASSIGN(const Store store, Store::open(scratch.path() / "store"));
  ReferenceRuns references(session.kit, session.course.seed);
  Crew crew(session.jobs);
  RC_ASSIGN(const Examiner examiner, make_examiner(session.course, session.kit, session.toolchain, store,
                                                   references, crew, scratch.path()));
  RC_ASSIGN(const std::vector<SpecimenReport> reports,
            verify_lab(session.course.labs.front().lab, examiner, "reference"));
  return reports.front().surprises;
}

// The level, what each attempt to break out came to, and what would give a better one.
void report_sandbox(const Session& session, Report& report) {
  const Sandbox& sandbox = session.kit.sandbox;
  SandboxLevel wanted = SandboxLevel::s0;
  for (const CourseLab& lab : session.course.labs) wanted = std::max(wanted, lab.lab.min_level);
  report.line(sandbox.level >= wanted, "sandbox",
              fmt::format("{}: {}", to_text(sandbox.level), sandbox.note));
  if (sandbox.level < wanted)
    report.note(
        "", fmt::format("the labs ask for {}; `check` works, `grade` needs --accept-weak", to_text(wanted)));
  for (const auto& [probe, answer] : sandbox.probes) {
    const bool excepted = answer == ProbeAnswer::escaped && session.confinement.excepted.contains(probe);
    report.note("  " + probe,
                fmt::format("{}{}", to_text(answer), excepted ? ", as this level always lets" : ""));
  }
  for (const auto& [limit, enforced_by] : sandbox.limits) report.note("  limit on " + limit, enforced_by);
  for (const std::string& way : session.confinement.better_levels) report.note("  a better level", way);
}

int doctor(const SessionOptions& options) {
  Report report;
  fmt::print("racecourse {}\n", RACECOURSE_VERSION);
  utsname kernel{};
  ::uname(&kernel);
  report.note("kernel", fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine));
  report.note("cores", std::to_string(core_count()));
  report.note("load", load_average());
  if (core_count() < 2) report.note("one core only", "scenarios that need two are not run and cost nothing");
  const Result<Session> session = open_session(options, {});
  if (!session) {
    report.line(false, "configuration and compiler", session.error().message);
    return complain(session.error());
  }
  report.line(true, "compiler", session->toolchain.version);
  report.note("linker", session->toolchain.linker.empty()
                            ? "the compiler's own; with mold installed a submission links three times as fast"
                            : session->toolchain.linker);
  report.line(true, "course", fmt::format("{}, {} labs", session->course.name, session->course.labs.size()));
  report_sandbox(*session, report);
  const Result<std::vector<std::string>> surprises = try_reference(*session);
  if (!surprises) {
    report.line(false, "grading the reference", surprises.error().message);
    return complain(surprises.error());
  }
  report.line(surprises->empty(), "grading the reference",
              surprises->empty() ? "builds, runs, ThreadSanitizer works, full marks" : surprises->front());
  return report.all_work() ? kExitDone : kExitEnvironment;
}

}  // namespace

void add_doctor_command(CommandLine& line) {
  const auto options = std::make_shared<SessionOptions>();
  line.add("doctor", "Say what this machine can and cannot do, and why")
      .option("-c,--config", options->config, "grading.json")
      .option("--compiler", options->compiler, "The C++ compiler")
      .option("--level", options->level, kAboutLevel)
      .does([options] { return doctor(*options); });
}

}  // namespace racecourse
