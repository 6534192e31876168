// racecourse verify: every specimen of every lab against its label, and the matrix specimen × instrument.
#include <fmt/format.h>

#include <csignal>
#include <memory>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "grading/grade_one.hpp"
#include "grading/verify.hpp"
#include "report/matrix.hpp"

namespace racecourse {

namespace {

struct VerifyOptions {
  SessionOptions session;
  std::string specimen;
  std::string markdown;
  unsigned repeat = 1;
};

constexpr std::string_view kMarkdownHead =
    "# What the labs tell apart\n\n"
    "Every specimen of every lab, as `racecourse verify --markdown` wrote it. A cell names the scenarios "
    "that fail under the\n"
    "instrument and what they find; `.` means that all of them pass. The reference and every right specimen "
    "must pass\n"
    "everything, the skeleton scores what its lab.json records, and every wrong specimen must fail exactly "
    "here.\n\n";

std::vector<MatrixRow> rows_of(const std::vector<SpecimenReport>& reports) {
  std::vector<MatrixRow> rows;
  for (const SpecimenReport& report : reports)
    rows.push_back({report.name, std::string(to_text(report.role)), report.about, &report.result,
                    report.surprises.empty()});
  return rows;
}

// One round over all labs with one seed; true if everything is as labelled.
Result<bool> verify_round(const Session& session, const Store& store, const fs::path& scratch,
                          const VerifyOptions& options, bool show) {
  ReferenceRuns references(session.kit, session.course.seed);
  Crew crew(session.jobs);
  RC_ASSIGN(const Examiner examiner,
            make_examiner(session.course, session.kit, session.toolchain, store, references, crew, scratch));
  std::string markdown(kMarkdownHead);
  std::size_t specimens = 0;
  std::size_t wrong = 0;
  for (const CourseLab& lab : session.course.labs) {
    RC_ASSIGN(const std::vector<SpecimenReport> reports, verify_lab(lab.lab, examiner, options.specimen));
    const std::vector<MatrixRow> rows = rows_of(reports);
    if (show && !reports.empty()) fmt::print("{}\n", matrix_text(lab.lab.name, rows, wants_colours()));
    markdown += matrix_markdown(lab.lab.name, rows);
    specimens += reports.size();
    for (const SpecimenReport& report : reports) {
      wrong += report.surprises.empty() ? 0u : 1u;
      for (const std::string& surprise : report.surprises)
        fmt::print("{} {} {} (seed {}): {}\n", report.lab, to_text(report.role), report.name,
                   session.course.seed, surprise);
    }
  }
  if (specimens == 0)
    return usage_error("verify specimen " + printable(options.specimen) + ": there is none of that name");
  fmt::print("seed {}: {} specimens, {} as labelled, {} not\n", session.course.seed, specimens,
             specimens - wrong, wrong);
  if (!options.markdown.empty()) RC_TRY(write_file_atomically(options.markdown, markdown));
  return wrong == 0;
}

Result<int> verify(const VerifyOptions& options) {
  RC_ASSIGN(Session session, open_session(options.session, {}));
  const fs::path own = session.kit.cache() / "verify";
  RC_TRY(make_directories(own / "scratch"));
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(own / "scratch"));
  bool all_as_labelled = true;
  for (unsigned round = 0; round < options.repeat; ++round, ++session.course.seed) {
    // A single round may reuse what it knows; repetition is there to find out whether results hold, so it
    // starts anew.
    RC_ASSIGN(const Store store,
              Store::open(options.repeat == 1 ? own / "store" : scratch.path() / std::to_string(round)));
    RC_ASSIGN(const bool as_labelled, verify_round(session, store, scratch.path(), options, round == 0));
    all_as_labelled &= as_labelled;
  }
  return all_as_labelled ? kExitDone : kExitFailed;
}

}  // namespace

void add_verify_command(CommandLine& line) {
  const auto options = std::make_shared<VerifyOptions>();
  Command command = line.add("verify", "Examine the labs themselves: every specimen against its label");
  command.option("--specimen", options->specimen, "Only this specimen (also: reference, skeleton)")
      .option("--repeat", options->repeat, 1, 1000, "Rounds, each with the next seed and nothing remembered")
      .option("--markdown", options->markdown, "Write the matrix to this file")
      .option("--seed", options->session.seed, "Seed of the first round");
  add_session_options(command, options->session);
  command.does([options] {
    std::signal(SIGPIPE, SIG_IGN);
    return exit_code_of(verify(*options));
  });
}

}  // namespace racecourse
