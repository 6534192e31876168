// limits_over: the "limits" object of lab.json and grading.json. For the codecs of this folder.
#pragma once

#include <chrono>

#include "model/json_reader.hpp"
#include "model/lab.hpp"

namespace racecourse {

// `base` with what the object at `at` says instead. The bounds are those of schemas/lab.schema.json.
[[nodiscard]] Limits limits_over(const JsonCursor& at, Limits base);

// A lab's "wall_total_ms".
[[nodiscard]] std::chrono::milliseconds wall_total_at(const JsonCursor& at);

}  // namespace racecourse
