// The `racecourse` command.
#include <cstdio>
#include <exception>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"

int main(int argc, char** argv) {
  using namespace racecourse;
  try {
    CommandLine line(
        "Racecourse grades concurrency labs written in C++.", "racecourse", RACECOURSE_VERSION,
        "Exit codes: 0 graded, or all passed; 1 something failed (check, verify); 2 wrong usage or "
        "configuration;\n"
        "3 the machine failed, nobody was charged.");
    add_grade_command(line);
    add_check_command(line);
    add_replay_command(line);
    add_verify_command(line);
    add_export_command(line);
    add_doctor_command(line);
    return line.run(argc, argv);
  } catch (const std::exception& error) {
    // Libraries report a machine out of memory or descriptors this way; none of our own errors travels as an
    // exception.
    std::fprintf(stderr, "racecourse: failed to go on: %s\n", error.what());
    return kExitEnvironment;
  }
}
