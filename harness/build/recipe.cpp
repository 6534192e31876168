#include "build/recipe.hpp"

namespace racecourse {

// A student's file takes about 0.5 s and 200 MB; these stop template, constexpr, include and macro bombs, and
// leave room for a machine ten times slower. The wall clock only ends what blocks.
Limits compiler_limits() {
  using namespace std::chrono_literals;
  return Limits{.wall = 5min,
                .cpu = 30s,
                .memory_bytes = 2ull << 30,
                .processes = 32,
                .open_files = 256,
                .file_bytes = 64ull << 20,
                .disk_bytes = 256ull << 20,
                .disk_files = 200,
                .output_bytes = 4ull << 20};
}

std::vector<std::string> common_flags() {
  return {"-fPIC",
          "-fvisibility=hidden",
          "-fno-semantic-interposition",
          "-Wall",
          "-Wextra",
          "-fdiagnostics-color=never",
          "-fmax-errors=20",
          "-ftemplate-depth=200"};
}

std::vector<std::string> flags_of(Flavour flavour) {
  // -g1: lines and function names, all that findings show, at a tenth of the cost of -g.
  if (flavour == Flavour::plain) return {"-O2", "-g1"};
  // -O1: at -O2 the compiler removes some races before ThreadSanitizer can see them. -fno-inline: g++ leaves
  // out the hooks of a local object when everything that takes its address has been inlined (a stop flag in
  // an object on the stack whose thread is started by its own constructor, say), and ThreadSanitizer loses
  // the student's frame where std::thread's constructor is inlined.
  return {"-O1", "-fno-inline", "-g1", "-fsanitize=thread", "-Wno-tsan"};
}

std::string build_recipe() {
  std::string recipe;
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan})
    for (const std::string& flag : flags_of(flavour)) recipe += flag + ' ';
  for (const std::string& flag : common_flags()) recipe += flag + ' ';
  return recipe;
}

}  // namespace racecourse
