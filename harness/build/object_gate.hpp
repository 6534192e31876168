// The object gate: judges a submission by what its compiled objects define, refer to and leave out.
//
// Before linking, an object shows every name in it, whatever macros and casts the text used: the hooks of the
// detectors, functions that serve no solution of the lab, names that stand in for what runs are watched by.
// And a function that the compiler did not instrument shows by its absence from the list that the compiler
// kept. Pure functions.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "build/object_file.hpp"
#include "model/finding.hpp"
#include "model/submission.hpp"
#include "model/terms.hpp"

namespace racecourse {

// `instrumented`: the object was built for the detectors and calls their hooks itself. `source` is the file
// it was compiled from, `sources` all files: findings say where a name is spelled.
[[nodiscard]] std::vector<Finding> judge_object(const ObjectFacts& object, bool instrumented,
                                                const std::string& source,
                                                std::span<const SourceFile> sources,
                                                std::span<const Permission> allowed);

// The functions that g++ instrumented, by the dumps of its pass (-fdump-tree-tsan0, -fdump-tree-tsan1).
void add_instrumented_functions(std::string_view dump, std::set<std::string, std::less<>>& functions);

// Functions of the object that are not among them, but for those that have no body of their own.
[[nodiscard]] std::vector<Finding> judge_instrumentation(const ObjectFacts& object,
                                                         const std::set<std::string, std::less<>>& functions,
                                                         const std::string& source);

}  // namespace racecourse
