// The commands, a file each. Each adds itself to the command line and returns the exit code of its work.
#pragma once

#include "cli/command_line.hpp"

namespace racecourse {

// Below the folder that was checked: what the last check found, for replay.
inline constexpr const char* kCheckGrade = ".racecourse/check.json";

void add_grade_command(CommandLine& line);
void add_check_command(CommandLine& line);
void add_replay_command(CommandLine& line);
void add_verify_command(CommandLine& line);
void add_export_command(CommandLine& line);
void add_doctor_command(CommandLine& line);

}  // namespace racecourse
