// Store: results by content, so that what was examined once is not examined again.
//
// A key names everything a result depends on, so entries never go stale; an entry that cannot be read is a
// miss. Entries are written atomically: a batch killed at any moment finds only whole ones. Thread-safe;
// several processes may share it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "model/lab_result.hpp"

namespace racecourse {

class Store {
 public:
  // Makes the folder if it is not there. Errors: environment.
  [[nodiscard]] static Result<Store> open(std::filesystem::path folder);

  [[nodiscard]] std::optional<LabResult> find(const std::string& key) const;
  // Errors (environment): the entry could not be written; nothing is left of it.
  [[nodiscard]] Result<> keep(const std::string& key, const LabResult& result) const;

 private:
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
  std::filesystem::path folder_;
};

}  // namespace racecourse
