#include "grading/store.hpp"

#include "base/files.hpp"
#include "model/lab_result_json.hpp"

namespace racecourse {

std::filesystem::path Store::path_of(const std::string& key) const {
  // Two levels, so that no folder of a large class holds ten thousand files.
  return folder_ / key.substr(0, 2) / (key.substr(2) + ".json");
}

std::optional<LabResult> Store::find(const std::string& key) const {
  const Result<std::string> text = read_file(path_of(key));
  if (!text) return std::nullopt;
  Result<LabResult> result = parse_lab_result(*text, "stored result");
  if (!result) return std::nullopt;
  return *std::move(result);
}

Result<Store> Store::open(std::filesystem::path folder) {
  RC_TRY(make_directories(folder));
  return Store(std::move(folder));
}

Result<> Store::keep(const std::string& key, const LabResult& result) const {
  const fs::path path = path_of(key);
  // Only the last level: a store that somebody removed meanwhile is not quietly begun anew.
  RC_TRY(make_directory(path.parent_path()));
  return write_file_atomically(path, lab_result_text(result));
}

}  // namespace racecourse
