// Toolchain: the compiler that builds submissions, found and asked for its version once. A value; share it
// freely.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "launch/launch.hpp"

namespace racecourse {

struct Toolchain {
  std::filesystem::path compiler;  // Absolute.
  std::string version;             // "g++ (Debian 12.2.0-14+deb12u1) 12.2.0"
  std::string linker;              // The value of -fuse-ld, or empty for the compiler's own.
  std::vector<std::filesystem::path>
      places;                         // What the compiler reads besides sources: itself, and the system's.
  std::filesystem::path precompiled;  // Holds <lab>/headers_<flavour>/<header>.gch, where there are any.
  Launcher launcher;
};

// `compiler` is a name to look up in PATH, or a path. Errors (environment): there is none, or it does not
// run.
[[nodiscard]] Result<Toolchain> find_toolchain(const std::string& compiler, const Launcher& launcher);

}  // namespace racecourse
