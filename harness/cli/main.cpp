// The `racecourse` command.
#include <exception>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"

int main(int argc, char** argv) {
  using namespace racecourse;
  CLI::App app("Racecourse grades concurrency labs written in C++.", "racecourse");
  app.require_subcommand(1);
  app.set_version_flag("--version", RACECOURSE_VERSION);
  app.footer(
      "Exit codes: 0 graded, or all passed; 1 something failed (check, verify); 2 wrong usage or "
      "configuration;\n"
      "3 the machine failed, nobody was charged.");
  Work work;
  add_grade_command(app, work);
  add_check_command(app, work);
  add_replay_command(app, work);
  add_verify_command(app, work);
  add_export_command(app, work);
  add_doctor_command(app, work);
  try {
    app.parse(argc, argv);
    return work();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  } catch (const std::exception& error) {
    // Libraries report a machine out of memory or descriptors this way; none of our own errors travels as an
    // exception.
    std::fprintf(stderr, "racecourse: failed to go on: %s\n", error.what());
    return kExitEnvironment;
  }
}
