// What the commands share: the kit, the course and the toolchain of one call, and how errors leave the
// program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "build/toolchain.hpp"
#include "cli/command_line.hpp"
#include "grading/confinement.hpp"
#include "grading/kit.hpp"
#include "model/course.hpp"

namespace racecourse {

struct SessionOptions {
  std::string config;  // A grading.json; empty: the nearest one.
  std::string compiler = "g++";
  std::string lab;  // Only this lab; empty: all of the course.
  std::optional<std::uint64_t> seed;
  unsigned jobs = 0;  // 0: the cores.
  std::string level;  // The strictest sandbox level to try; empty: RACECOURSE_LEVEL, then all.
};

struct Session {
  Kit kit;
  Course course;
  Toolchain toolchain;
  Confinement confinement;  // The kit's sandbox, and more about it.
  unsigned jobs = 1;
};

// `near`: where a grading.json may lie that outranks the kit's own; may be empty.
[[nodiscard]] Result<Session> open_session(const SessionOptions& options, const std::filesystem::path& near);

// Adds -c, -j, --compiler and --level, which every command that opens a session has.
void add_session_options(Command& command, SessionOptions& options,
                         const std::string& about_config = "grading.json");

inline constexpr const char* kAboutLevel =
    "The strictest sandbox level to try, S0 to S4 (default: $RACECOURSE_LEVEL, then S4)";

// Prints "racecourse: failed to ..." to standard error; the exit code of its kind.
int complain(const Error& error);
// What a command's work ends with: the exit code it arrived at, or the complaint.
[[nodiscard]] int exit_code_of(const Result<int>& result);

// Colours are wanted: standard output is a terminal and NO_COLOR is not set.
[[nodiscard]] bool wants_colours();

}  // namespace racecourse
