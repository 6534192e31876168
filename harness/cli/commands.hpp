// The commands, a file each. Each adds itself to the command line and returns the exit code of its work.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace racecourse {

// What a command leaves in `work` is run after the whole command line has been understood.
using Work = std::function<int()>;

// Below the folder that was checked: what the last check found, for replay.
inline constexpr const char* kCheckGrade = ".racecourse/check.json";

void add_grade_command(CLI::App& app, Work& work);
void add_check_command(CLI::App& app, Work& work);
void add_replay_command(CLI::App& app, Work& work);
void add_verify_command(CLI::App& app, Work& work);
void add_export_command(CLI::App& app, Work& work);
void add_doctor_command(CLI::App& app, Work& work);

}  // namespace racecourse
