// What the commands share: the kit, the course and the toolchain of one call, and how errors leave the
// program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "build/toolchain.hpp"
#include "grading/kit.hpp"
#include "model/course.hpp"

namespace racecourse {

struct SessionOptions {
  std::string config;  // A grading.json; empty: the nearest one.
  std::string compiler = "g++";
  std::string lab;  // Only this lab; empty: all of the course.
  std::optional<std::uint64_t> seed;
  unsigned jobs = 0;  // 0: the cores.
};

struct Session {
  Kit kit;
  Course course;
  Toolchain toolchain;
  unsigned jobs = 1;
};

// `near`: where a grading.json may lie that outranks the kit's own; may be empty.
[[nodiscard]] Result<Session> open_session(const SessionOptions& options, const std::filesystem::path& near);

// Prints "racecourse: failed to ..." to standard error; the exit code of its kind.
int complain(const Error& error);

// Colours are wanted: standard output is a terminal and NO_COLOR is not set.
[[nodiscard]] bool wants_colours();

}  // namespace racecourse
