#include "build/recipe.hpp"

#include "submission_flags.hpp"

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

std::vector<std::string> common_flags() { return {SUBMISSION_FLAGS}; }

std::vector<std::string> flags_of(Flavour flavour) {
  if (flavour == Flavour::plain) return {SUBMISSION_FLAGS_PLAIN};
  return {SUBMISSION_FLAGS_TSAN};
}

std::string build_recipe() {
  std::string recipe;
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan})
    for (const std::string& flag : flags_of(flavour)) recipe += flag + ' ';
  for (const std::string& flag : common_flags()) recipe += flag + ' ';
  return recipe;
}

}  // namespace racecourse
