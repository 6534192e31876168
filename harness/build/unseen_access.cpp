#include "build/unseen_access.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "build/dump_lines.hpp"
#include "build/object_file.hpp"

namespace racecourse {

namespace {

constexpr std::string_view kIntrinsic = "__builtin_ia32_";

// Parts of the names of g++'s x86 intrinsics that take an address. Those that compute on values, or only
// order accesses (mfence, pause), have none of them.
bool accesses_memory(std::string_view name) {
  static constexpr auto kParts = std::to_array<std::string_view>(
      {"movnt",  "maskmov", "maskload", "maskstore", "gather",   "scatter",    "lddqu",         "loadu",
       "storeu", "loadhps", "loadlps",  "storehps",  "storelps", "expandload", "compressstore", "xsave",
       "xrstor", "fxsave",  "fxrstor",  "cmpccxadd", "movdir",   "enqcmd"});
  return std::ranges::any_of(kParts, [&](std::string_view part) { return name.contains(part); });
}

}  // namespace

std::vector<Finding> judge_unseen_accesses(std::string_view dump, const std::string& source) {
  std::vector<Finding> findings;
  std::string function;
  for_each_line(dump, [&](std::string_view line) {
    if (const std::string_view symbol = function_in(line); !symbol.empty())
      function = demangled(std::string(symbol));
    const std::size_t at = line.find(kIntrinsic);
    if (at == std::string_view::npos) return;
    const std::string_view call = line.substr(at);
    const std::string_view name = call.substr(0, call.find_first_of(" (;"));
    if (!accesses_memory(name)) return;
    findings.push_back({.kind = FindingKind::tampering,
                        .message = "Accesses memory by " + printable(name) +
                                   ", which the race detector cannot see. This lab does not allow it.",
                        .places = {{source, 0, printable(function)}},
                        .detail = {},
                        .schedule = {}});
  });
  return findings;
}

}  // namespace racecourse
