// Observations: the named values a run recorded, and their comparison with the reference's. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/lab.hpp"
#include "model/run_report.hpp"

namespace racecourse {

// For each name the sequence of values, as canonical JSON.
using Observations = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] Observations observations_of(const RunReport& run);

// One wrong_outcome for each name whose sequence differs. Values are shown unless they vary.
[[nodiscard]] std::vector<Finding> compare_observations(const Observations& submission,
                                                        const Observations& reference, bool values_vary);

}  // namespace racecourse
