#include "cli/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/text.hpp"
#include "cli/exit_codes.hpp"
#include "model/course_json.hpp"

namespace racecourse {

namespace fs = std::filesystem;

namespace {

fs::path nearest_configuration(const SessionOptions& options, const fs::path& near, const Kit& kit) {
  if (!options.config.empty()) return options.config;
  std::error_code code;
  if (!near.empty() && fs::is_regular_file(near / "grading.json", code)) return near / "grading.json";
  return kit.root / "grading.json";
}

Result<> keep_only(Course& course, const std::string& lab) {
  std::string known;
  for (const CourseLab& each : course.labs) known += (known.empty() ? "" : ", ") + each.lab.name;
  leave_out(course, [&](const CourseLab& each) { return each.lab.name != lab; });
  if (course.labs.empty())
    return usage_error("choose lab " + printable(lab) + ": the course has no such lab; it has " + known);
  return {};
}

Result<SandboxLevel> strictest_level(const SessionOptions& options) {
  const char* const variable = std::getenv("RACECOURSE_LEVEL");
  const std::string text = !options.level.empty() ? options.level : variable != nullptr ? variable : "";
  if (text.empty()) return SandboxLevel::s4;
  if (const std::optional<SandboxLevel> level = sandbox_level_from(text)) return *level;
  return usage_error("choose sandbox level " + printable(text) + ": the levels are S0, S1, S2, S3 and S4");
}

}  // namespace

Result<Session> open_session(const SessionOptions& options, const fs::path& near) {
  Session session;
  RC_ASSIGN(session.kit, find_kit());
  RC_ASSIGN(const AvailableLabs labs, labs_below(session.kit.root));
  RC_ASSIGN(session.course, read_course(nearest_configuration(options, near, session.kit), labs));
  if (!options.lab.empty()) RC_TRY(keep_only(session.course, options.lab));
  if (options.seed) session.course.seed = *options.seed;
  RC_ASSIGN(const SandboxLevel strictest, strictest_level(options));
  RC_ASSIGN(session.confinement, choose_confinement(session.kit, strictest));
  session.kit.sandbox = session.confinement.sandbox;
  RC_ASSIGN(session.toolchain, find_toolchain(options.compiler, session.kit.launcher()));
  session.toolchain.precompiled = session.kit.built / "labs";
  session.jobs = options.jobs != 0 ? options.jobs : static_cast<unsigned>(core_count());
  return session;
}

void add_session_options(Command& command, SessionOptions& options, const std::string& about_config) {
  command.option("-c,--config", options.config, about_config)
      .option("-j,--jobs", options.jobs, 1, 1024, "How many cores to keep busy (default: all)")
      .option("--lab", options.lab, "Only this lab")
      .option("--compiler", options.compiler, "The C++ compiler")
      .option("--level", options.level, kAboutLevel);
}

int exit_code_of(const Result<int>& result) { return result ? *result : complain(result.error()); }

int complain(const Error& error) {
  fmt::print(stderr, "racecourse: failed to {}\n", error.message);
  return error.kind == ErrorKind::usage ? kExitUsage : kExitEnvironment;
}

bool wants_colours() { return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace racecourse
