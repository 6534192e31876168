#include "build/toolchain.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/text.hpp"

namespace racecourse {

namespace {

namespace fs = std::filesystem;

fs::path find_in_path(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    std::error_code code;
    const fs::path absolute = fs::absolute(program, code);
    return ::access(absolute.c_str(), X_OK) == 0 ? absolute : fs::path();
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder.empty() ? "." : folder) / program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

// A compiler that does not come with the system has its files below the folder that holds its bin/; one that
// lies elsewhere is a script, and all there is of it.
void add_prefix(const fs::path& compiler, std::vector<fs::path>& places) {
  std::error_code code;
  for (const fs::path& path : {compiler, fs::canonical(compiler, code)}) {
    const fs::path folder = path.parent_path();
    const fs::path prefix = folder.filename() == "bin" ? folder.parent_path() : path;
    const bool of_system = prefix.empty() || prefix == "/" || prefix == "/usr" || prefix == "/usr/local" ||
                           path.native().starts_with("/usr/lib/");
    if (!of_system && std::ranges::find(places, prefix) == places.end()) places.push_back(prefix);
  }
}

}  // namespace

Result<Toolchain> find_toolchain(const std::string& compiler, const Launcher& launcher) {
  Toolchain toolchain{.compiler = find_in_path(compiler),
                      .version = {},
                      .linker = {},
                      .places = system_places(),
                      .precompiled = {},
                      .launcher = launcher};
  if (toolchain.compiler.empty())
    return environment_error(
        "find the C++ compiler " + printable(compiler) +
        ": no such program in PATH; install it (apt-get install g++), or name another with --compiler");
  add_prefix(toolchain.compiler, toolchain.places);
  LaunchSpec spec;
  spec.launcher = launcher;
  spec.visible.readable = toolchain.places;
  spec.folder = "/";
  spec.command = {toolchain.compiler.native(), "--version"};
  spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"};
  RC_ASSIGN(const LaunchOutcome outcome, launch(spec));
  if (outcome.kernel.exit_code != 0)
    return environment_error(
        "ask " + printable(toolchain.compiler.native()) +
        " for its version: it failed, saying: " + printable(shorten(outcome.output, 400)));
  toolchain.version = printable(trim(outcome.output.substr(0, outcome.output.find('\n'))));
  // mold links a submission in 20 ms where the default linker takes 70.
  if (!find_in_path("ld.mold").empty()) toolchain.linker = "mold";
  return toolchain;
}

}  // namespace racecourse
