// racecourse export FORMAT GRADE: a grade in the form a learning platform reads.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"
#include "model/grade_json.hpp"
#include "report/gradescope.hpp"

namespace racecourse {

namespace {

struct ExportOptions {
  std::string grade;
  std::string out;
};

Result<> export_gradescope(const ExportOptions& options) {
  RC_ASSIGN(const Grade grade, read_grade(options.grade));
  const std::string text = gradescope_results(grade);
  if (!options.out.empty()) return write_file_atomically(options.out, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return environment_error("write to standard output");
  return {};
}

}  // namespace

void add_export_command(CommandLine& line) {
  const auto options = std::make_shared<ExportOptions>();
  line.add("export", "Turn a grade into what a learning platform reads")
      .add("gradescope", "Gradescope's results.json")
      .required("grade", options->grade, "A grade.json")
      .option("-o,--out", options->out, "The file to write (default: standard output)")
      .does([options] {
        const Result<> done = export_gradescope(*options);
        return done ? static_cast<int>(kExitDone) : complain(done.error());
      });
}

}  // namespace racecourse
