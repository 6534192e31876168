// racecourse grade PATH...: a submission, or a folder of them, into an output folder.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "cli/submission_times.hpp"
#include "grading/batch.hpp"

namespace racecourse {

namespace {

namespace fs = std::filesystem;

struct GradeOptions {
  SessionOptions session;
  std::vector<std::string> paths;
  std::string out = "grades";
  std::string times;
  bool accept_weak = false;
};

std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 160;
}

// A bar that redraws itself on a terminal, a line a submission otherwise.
class Progress {
 public:
  void show(std::size_t done, std::size_t total, const ClassRow& row) {
    if (!terminal_) {
      const std::string points =
          row.error.empty() ? row.points.text() + " of " + row.max_points.text() : "ungraded: " + row.error;
      fmt::print(stderr, "{}/{}  {}  {}\n", done, total, row.id, points);
      return;
    }
    constexpr std::size_t kWidth = 40;
    const std::size_t full = done * kWidth / total;
    fmt::print(stderr, "\r[{:#<{}}{:.<{}}] {}/{}\033[K", "", full, "", kWidth - full, done, total);
    if (done == total) fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
};

Result<int> grade(const GradeOptions& options) {
  // Where there is one folder of submissions, its own grading.json and submission_times.csv are taken.
  const fs::path near = options.paths.size() == 1 ? fs::path(options.paths.front()) : fs::path();
  RC_ASSIGN(Session session, open_session(options.session, near));
  RC_TRY(allow_grading(session.course, session.confinement.better_levels, options.accept_weak,
                       session.kit.sandbox));
  const std::vector<fs::path> paths(options.paths.begin(), options.paths.end());
  RC_ASSIGN(const FoundSubmissions found, find_submissions(paths, all_labs(session.course)));
  for (const std::string& note : found.notes) fmt::print(stderr, "note: {}\n", note);
  BatchOptions batch;
  batch.out = options.out;
  batch.jobs = session.jobs;
  RC_ASSIGN(batch.submitted_at, read_submission_times(options.times, near, found.entries));
  Progress progress;
  batch.on_graded = [&](std::size_t done, std::size_t total, const ClassRow& row) {
    progress.show(done, total, row);
  };
  RC_ASSIGN(const ClassSummary summary,
            grade_batch(found.entries, session.course, session.kit, session.toolchain, batch));
  if (session.kit.sandbox.weak_accepted) fmt::print("{}\n", weakness_of(session.kit.sandbox));
  fmt::print("{}", class_table(summary, terminal_columns(), wants_colours()));
  fmt::print("Grades: {}/<submission>/grade.json, {}/grades.csv, {}/summary.json\n", printable(options.out),
             printable(options.out), printable(options.out));
  for (const ClassRow& row : summary.rows)
    if (!row.error.empty()) return kExitEnvironment;
  return kExitDone;
}

}  // namespace

void add_grade_command(CommandLine& line) {
  const auto options = std::make_shared<GradeOptions>();
  Command command = line.add("grade", "Grade one submission, or a folder of them");
  command.required("path", options->paths, "Submissions (folders or archives), or folders of submissions")
      .option("-o,--out", options->out, "Where the grades go")
      .option("--times", options->times, "CSV of submission,submitted_at (RFC 3339) for the late policy")
      .flag("--accept-weak", options->accept_weak,
            "Grade below the sandbox level that a lab asks for, and say so in every report")
      .option("--seed", options->session.seed, "Grading seed; outranks grading.json");
  add_session_options(command, options->session,
                      "grading.json (default: beside the submissions, then the course's)");
  command.does([options] {
    std::signal(SIGPIPE, SIG_IGN);
    return exit_code_of(grade(*options));
  });
}

}  // namespace racecourse
